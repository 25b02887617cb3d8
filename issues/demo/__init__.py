"""A neighbourhood to try the portal in: made up, but at the scale and with the troubles of reported ones.

`street` builds places and people, `net` the rest of the street and its party organisations, `shifts` their duty,
`stories` tells what happened, `playing` makes it happen through the same domain functions that people's clicks call,
`pictures` draws the photos. `loading` does it all, once.
"""
