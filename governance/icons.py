"""The portal's own drawings: 24 px icons beside words, 48 px pictures of categories. Lines only, drawn for this house.

Class `t` is the tinted surface of a drawing, `w` a white one. Templates draw them with the tags `icon` and `picture`.
"""

ICONS = {
    "account": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4.2 3.8-6.3 7.5-6.3s6.7 2.1 7.5 6.3"/>',
    "add": '<path d="M12 5v14M5 12h14"/>',
    "arrived": (
        '<path d="M12 21.5c-4.5-4.6-7-8.3-7-11.5a7 7 0 0 1 14 0c0 3.2-2.5 6.9-7 11.5z"/>'
        '<path d="M8.8 10l2.3 2.3 4.2-4.5"/>'
    ),
    "ballot": '<path d="M3.5 12.5h17V21h-17zM7 12.5V3.5h10v9M9 16.5h6M9.8 7.5l1.7 1.7 3-3.2"/>',
    "bell": '<path d="M5 17.5h14l-1.8-2.5V10a5.2 5.2 0 0 0-10.4 0v5zM10 20.5a2.2 2.2 0 0 0 4 0M12 4.8V3"/>',
    "book": '<path d="M5 4h12.5a1.5 1.5 0 0 1 1.5 1.5V20H7a2 2 0 0 1-2-2zM5 18a2 2 0 0 1 2-2h12M9 8h6"/>',
    "camera": (
        '<path d="M4 8h3.2l1.6-2.5h6.4L16.8 8H20a1 1 0 0 1 1 1v9.5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 '
        '1-1z"/><circle cx="12" cy="13.3" r="3.5"/>'
    ),
    "check": '<path d="M4.5 12.5l5 5 10-11"/>',
    "chevron-down": '<path d="M5.5 9l6.5 6.5L18.5 9"/>',
    "chevron-left": '<path d="M15 5.5L8.5 12l6.5 6.5"/>',
    "chevron-right": '<path d="M9 5.5l6.5 6.5L9 18.5"/>',
    "clipboard": ('<rect x="4.5" y="4" width="15" height="17" rx="1.5"/><path d="M9 2.5h6V6H9zM8.5 11h7M8.5 15.5h5"/>'),
    "clock": '<circle cx="12" cy="12" r="8.8"/><path d="M12 7v5.3l3.5 2.2"/>',
    "cross": '<path d="M6 6l12 12M18 6L6 18"/>',
    "download": '<path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4.5 20h15"/>',
    "flag": '<path d="M5 21V4h13l-2.5 4.5L18 13H5"/>',
    "home": '<path d="M3.5 11.5L12 4l8.5 7.5M6 9.5V20h12V9.5M10 20v-5.5h4V20"/>',
    "inbox": '<path d="M3.5 13.5L6 5h12l2.5 8.5V19h-17zM3.5 13.5h5l1.3 2.5h4.4l1.3-2.5h5"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.6v.2"/>',
    "letters": '<path d="M2.5 19l5.5-14 5.5 14M4.5 14.5h7M15 19l3.2-8.5L21.5 19M16.2 16h4.2"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="10" rx="1.5"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>',
    "map": '<path d="M3.5 6l5.5-2 6 2 5.5-2v14L15 20l-6-2-5.5 2zM9 4v14M15 6v14"/>',
    "more": '<path class="fat" d="M5.5 12h.1M12 12h.1M18.5 12h.1"/>',
    "offline": ('<path d="M3 3l18 18M8 7.5A6 6 0 0 1 17.6 11 4.2 4.2 0 0 1 20.3 18M16 19H7a4.5 4.5 0 0 1-.8-8.9"/>'),
    "pause": '<path d="M8.5 5.5v13M15.5 5.5v13"/>',
    "people": (
        '<circle cx="8.5" cy="8.5" r="3.3"/>'
        '<path d="M2.5 19.5c.6-3.6 3-5.3 6-5.3s5.4 1.7 6 5.3M15 5.7a3.3 3.3 0 0 1 0 5.9M17 14.5c2.4.5 4 2.2 4.5 '
        '5"/>'
    ),
    "phone": (
        '<path d="M6.5 3.5h3l1.5 4.2-2 1.5a12 12 0 0 0 5.8 5.8l1.5-2 4.2 1.5v3a2 2 0 0 1-2.2 2A17 17 0 0 1 4.5 '
        '5.7a2 2 0 0 1 2-2.2z"/>'
    ),
    "place": (
        '<path d="M12 21.5c-4.5-4.6-7-8.3-7-11.5a7 7 0 0 1 14 0c0 3.2-2.5 6.9-7 11.5z"/>'
        '<circle cx="12" cy="10" r="2.5"/>'
    ),
    "return": '<path d="M8.5 5L4 9.5 8.5 14M4.5 9.5h9.5a5.5 5.5 0 0 1 0 11H9"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5L21 21"/>',
    "sign-out": '<path d="M13.5 4.5h-9v15h9M9.5 12H21M17 8l4 4-4 4"/>',
    "swap": '<path d="M4 8.5h15M15 4.5l4 4-4 4M20 15.5H5M9 11.5l-4 4 4 4"/>',
    "upload": '<path d="M12 15.5V4M7.5 8.5L12 4l4.5 4.5M4.5 20h15"/>',
    "warning": '<path d="M12 3.5L2.5 20h19zM12 10v4.5M12 17.3v.2"/>',
    "wrench": (
        '<path d="M14.5 6.5a4.5 4.5 0 0 1 5.8-2l-2.8 2.8.6 2.6 2.6.6a4.5 4.5 0 0 1-6.2 3L8 20a2.1 2.1 0 0 '
        '1-3-3l6.5-6.5a4.5 4.5 0 0 1 3-4z"/>'
    ),
    "write": '<path d="M4 4.5h16V16h-8.5L7 20v-4H4zM12 7.5v6M9 10.5h6"/>',
}

PICTURES = {
    "leak": (
        '<path d="M5 9h38M12 14v4M36 14v3"/>'
        '<path class="t" d="M24 15c4 5 6 8 6 11a6 6 0 0 1-12 0c0-3 2-6 6-11z"/>'
        '<path d="M9 41c5-2.8 25-2.8 30 0"/>'
    ),
    "wall_crack": (
        '<rect class="t" x="6" y="8" width="36" height="32" rx="2"/><path d="M27 8l-7 10 9 6-8 7 4 9M6 19h9M33 31h9"/>'
    ),
    "heating": (
        '<path class="t" d="M8 20a2 2 0 0 1 2-2h28a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2H10a2 2 0 0 1-2-2z"/>'
        '<path d="M16 18v20M24 18v20M32 18v20M12 38v4M36 38v4M16 13c-2.2-2.5 2.2-4 0-7M24 13c-2.2-2.5 2.2-4 '
        '0-7M32 13c-2.2-2.5 2.2-4 0-7"/>'
    ),
    "sewer": (
        '<path class="t" d="M7 14h15a8 8 0 0 1 8 8v18H20V24H7z"/><path d="M7 10v18M16 40h18M36 9l7 7M43 9l-7 7"/>'
    ),
    "lift": (
        '<rect class="t" x="8" y="5" width="32" height="38" rx="2"/>'
        '<path d="M24 5v38M13 22l3.5-4.5L20 22M28 18l3.5 4.5L35 18"/>'
    ),
    "lift_trapped": (
        '<rect class="t" x="8" y="5" width="32" height="38" rx="2"/><path d="M14 5v38M34 5v38"/>'
        '<circle cx="24" cy="19" r="4"/>'
        '<path d="M24 23v10M18.5 21.5l-1.5-7M29.5 21.5l1.5-7M24 33l-4 7M24 33l4 7M18.5 21.5l5.5 4 5.5-4"/>'
    ),
    "gas": (
        '<path class="t" d="M24 20c4 4.5 7 8 7 12.5a7 7 0 0 1-14 0c0-2.5 1.2-4.3 2.8-6 .4 1.8 1.2 2.7 2.4 3 '
        '-.6-3.5-.2-6.5 1.8-9.5z"/>'
        '<path d="M8 43h32M15 13c-2.2-2.5 2.2-4 0-7M24 13c-2.2-2.5 2.2-4 0-7M33 13c-2.2-2.5 2.2-4 0-7"/>'
    ),
    "electricity": (
        '<path class="t" d="M24 5a12.5 12.5 0 0 0-7.5 22.5c1.8 1.4 2.5 3 2.5 5h10c0-2 .7-3.6 2.5-5A12.5 12.5 0 0 '
        '0 24 5z"/><path d="M19.5 38h9M21.5 43h5M24 32v-8.5l-3.5-3.5M24 23.5l3.5-3.5"/>'
    ),
    "plumbing": (
        '<path class="t" d="M6 19h14v-4h8v4h4a10 10 0 0 1 10 10v2h-9v-2a2 2 0 0 0-2-2H6z"/>'
        '<path d="M16 9h16M24 9v6M6 15v16M37.5 36c1.7 2.2 2.5 3.4 2.5 4.6a2.5 2.5 0 0 1-5 0c0-1.2.8-2.4 '
        '2.5-4.6z"/>'
    ),
    "parking": (
        '<path class="t" d="M4 34v-8c0-2 1-3.3 3-3.8l4.5-1.2 4-7.2c.8-1.5 2-2.3 3.7-2.3h9.6c1.7 0 3 .7 3.9 '
        '2.2l4.3 7.3 3.5 1c2 .6 3 1.8 3 3.8V34z"/><path d="M12 21h26M24 12v9"/>'
        '<circle class="w" cx="13.5" cy="35" r="4"/><circle class="w" cx="34.5" cy="35" r="4"/>'
    ),
    "ebike": (
        '<circle class="t" cx="11" cy="33" r="7"/><circle class="t" cx="37" cy="33" r="7"/>'
        '<path d="M11 33l7-11h13l6 11M18 22l6 11h7M31 22l-2.5-9h-5M15 17.5h7"/>'
    ),
    "rubbish": (
        '<path class="t" d="M11 16h26l-2.2 24.5a2 2 0 0 1-2 1.5H15.2a2 2 0 0 1-2-1.5z"/>'
        '<path d="M7 16h34M19 16v-6h10v6M20 23l.8 12M28 23l-.8 12"/>'
    ),
    "noise": (
        '<path class="t" d="M6 18.5h8l11-8.5v28l-11-8.5H6z"/>'
        '<path d="M31 18c3.2 3.5 3.2 8.5 0 12M36.5 12.5c6.3 6.5 6.3 16.5 0 23"/>'
    ),
    "fumes": (
        '<path class="t" d="M6 30h28v2a8 8 0 0 1-8 8H14a8 8 0 0 1-8-8z"/>'
        '<path d="M34 32h9M13 25c-3-4 3-6 0-11M20 25c-3-4 3-7 0-14M27 25c-3-4 3-6 0-11"/>'
    ),
    "pets": (
        '<path class="t" d="M24 23c5 0 10.5 6.5 10.5 11.5 0 3.5-2.5 5.5-5.5 5.5-2 0-3.3-1-5-1s-3 1-5 1c-3 '
        '0-5.5-2-5.5-5.5C13.5 29.5 19 23 24 23z"/><ellipse cx="10" cy="22.5" rx="3.4" ry="4.4"/>'
        '<ellipse cx="18.5" cy="13" rx="3.4" ry="4.8"/><ellipse cx="29.5" cy="13" rx="3.4" ry="4.8"/>'
        '<ellipse cx="38" cy="22.5" rx="3.4" ry="4.4"/>'
    ),
    "trees": (
        '<path class="t" d="M24 5c6 0 10.5 4.3 10.5 9.5 3.3 1.3 5.5 4.2 5.5 7.7 0 4.8-4 8.3-9 8.3H17c-5 '
        '0-9-3.5-9-8.3 0-3.5 2.2-6.4 5.5-7.7C13.5 9.3 18 5 24 5z"/>'
        '<path d="M24 19v24M24 27l-5-4.5M24 24l4.5-4M13 43h22"/>'
    ),
    "dispute": '<path class="t" d="M5 9h24v16H16l-6 6v-6H5z"/><path d="M34 17h9v16h-4v6l-6-6H20v-3"/>',
    "unauthorised": (
        '<path class="t" d="M14 24h20v18H14z"/><path d="M6 42h36M10 25l14-11 14 11M21 42V32h6v10M30 12V6h5v10"/>'
        '<path d="M8 8l6 6M14 8l-6 6"/>'
    ),
    "security": '<path class="t" d="M13 6h22v36H13z"/><path d="M6 42h36M29.5 24v3M17.5 17h6v8h-6z"/>',
    "fees": (
        '<path class="t" d="M11 5h26v38l-4.3-3-4.4 3-4.3-3-4.3 3-4.4-3-4.3 3z"/>'
        '<path d="M19 12l5 7 5-7M24 19v12M18.5 21.5h11M18.5 26.5h11"/>'
    ),
    "deeds": (
        '<path class="t" d="M10 5h20l8 8v30H10z"/><path d="M30 5v8h8M16 20h14M16 27h8"/>'
        '<circle class="w" cx="29.5" cy="33.5" r="4.5"/>'
    ),
    "old_people": (
        '<circle class="t" cx="21" cy="10" r="5"/><path class="t" d="M13 31v-6a8 8 0 0 1 16 0v6z"/>'
        '<path d="M17 31l-2 12M25 31l2 12M29 25l7 2M36 43V26a3 3 0 0 1 5 0"/>'
    ),
    "lost": (
        '<path class="t" d="M9 19h30v20a2 2 0 0 1-2 2H11a2 2 0 0 1-2-2z"/><path d="M16 19v-3a8 8 0 0 1 16 0v3"/>'
        '<path d="M20.5 27.5c0-4 7-4 7 0 0 2.5-3.5 2.7-3.5 5.2M24 36.3v.2"/>'
    ),
    "facilities": ('<path class="t" d="M7 24h34v6H7z"/><path d="M11 30v12M37 30v12M10 13h28v6H10zM13 19v5M35 19v5"/>'),
    "complaint_community": '<path class="t" d="M6 8h36v25H24l-9 8v-8H6z"/><path d="M18 17h12M18 24h8"/>',
    "complaint_street": '<path class="t" d="M6 8h36v25H24l-9 8v-8H6z"/><path d="M18 25l6-8 6 8"/>',
    "complaint": '<path class="t" d="M6 8h36v25H24l-9 8v-8H6z"/><path d="M24 14v9M24 27.3v.3"/>',
    "other": '<circle class="t" cx="24" cy="24" r="18"/><path class="fat" d="M15.5 24h.1M24 24h.1M32.5 24h.1"/>',
    "all_done": '<circle class="t" cx="24" cy="24" r="19"/><path d="M15 24.5l6.5 6.5L34 17.5"/>',
    "nothing_here": '<path class="t" d="M7 27l6-17h22l6 17v12H7z"/><path d="M7 27h10l2.5 5h9l2.5-5h10"/>',
    "not_found": (
        '<path class="t" d="M12 6h24v36H12z"/><path d="M20.5 19c0-4.5 7.5-4.5 7.5 0 0 3-4 3-4 6.5M24 31v.2"/>'
    ),
}

SEAL = (
    '<rect width="32" height="32" rx="4"/>'
    '<path d="M14.7 10.6 14.4 10.7C15.6 13.5 16.7 17.2 16.7 20.3C19.6 23.2 22.1 16.3 14.7 10.6ZM10.5 12.6 '
    "10.1 12.7C11.3 15.5 12.3 19.2 12 22.3C14.8 25.3 17.6 18.3 10.5 12.6ZM14.3 3.6 14.1 3.7C15 4.7 16.2 6.3 "
    "16.5 7.6C19.3 9.3 21.4 4 14.3 3.6ZM26.8 11.9 22.3 10.4C21.8 14.4 20.4 21.5 19 26H7.3L7.5 26.8H27.2C27.6 "
    "26.8 27.9 26.6 28 26.3C26.8 25.2 24.8 23.5 24.8 23.5L23 26H19.5C22.2 21.8 24.7 16 25.8 12.3C26.4 12.3 "
    "26.7 12.2 26.8 11.9ZM25.4 5.7 23.6 8H9.8L6.3 6.8V14.8C6.3 19.4 6.1 24.3 3.5 28.2L3.8 28.4C9 24.8 9.3 "
    '19.2 9.3 14.7V8.8H27.8C28.1 8.8 28.4 8.6 28.5 8.3C27.3 7.2 25.4 5.7 25.4 5.7Z"/>'
)
