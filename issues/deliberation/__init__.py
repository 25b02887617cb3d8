"""The room where what can't be repaired is talked over, decided and kept: topics, meetings, owners' votes, commitments.

It stands apart from the handling of orders: commitments are the only bridge to them. How a vote is counted is in
`counting`, which knows nothing of the portal.
"""
