"""Files of a project that know of each other in every way there is: names, imports, promises, jobs."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

PATHS = ("a.slo", "b.slo", "c.slo", "d.slo")
SERVICES = ("a", "b", "c", "d", "e")
IMPORTS = tuple(f'import "{path}"\n' for path in PATHS)
LIBRARY = IMPORTS[-1]
DECLARED = (
    'template t(x) {{ slo $x 99% over 30d {{ events t{{n="{n}"}} bad {{c=$x}} because "t" }} }}\n',
    "alerts g{n} {{ page at 2% of budget in 1h }}\n",
    "template unused() {{ }}\n",
    'defaults {{ runbook "https://r.example.org" }}\n',
    "serv",
    'journey j{n} 90% over 30d {{ owner "o" through a/x, b/x because "j" }}\n',
)
JOURNEY = DECLARED[5]
STATEMENTS = (
    'slo x 99% over 30d {{ events m{{n="{n}"}} bad {{c="1"}} because "x" }}\n',
    'slo y 99% over 30d {{ events same{{job="j"}} bad {{c="1"}} because "y" }}\n',
    'slo z 99% over 30d {{ events same{{job="j"}} bad {{c="1"}} because "z" allow W319 because "agreed" }}\n',
    'slo v 99% over 30d {{ events m{{n="v{n}"}} bad {{c="1"}} }}\n',
    'slo w 99% over 30d {{ events m{{n="w{n}"}} bad {{c="1"}} because "w" alerts g{n} }}\n',
    "use t(u)\n",
    "formerly b, e\n",
    "events unused = m{{}}\n",
)


@st.composite
def texts(draw: st.DrawFn, number: int, names: Sequence[str]) -> str:
    """The text of the file at PATHS[number], whose service has one of the names; it has none if that is empty."""

    def some(words: Sequence[str], most: int) -> str:
        return "".join(draw(st.lists(st.sampled_from(words), max_size=most, unique=True)))

    text = some(IMPORTS, 2) + some(DECLARED, 2).format(n=number)
    if name := draw(st.sampled_from(names)):
        text += f'service {name} {{ owner "o" {some(STATEMENTS, 3).format(n=number)} }}\n'
    return text


def usual(number: int) -> st.SearchStrategy[str]:
    """The text of the file at PATHS[number], which is usually right, at least alone; the last one often is a library."""
    name = SERVICES[number]
    some = st.lists(st.sampled_from(STATEMENTS[:4]), max_size=2, unique=True).map("".join)
    own = some.map(lambda text: f'service {name} {{ owner "o" {text.format(n=number)} }}\n')
    library = st.sampled_from((DECLARED[3].format(), DECLARED[0].format(n=9), ""))
    right = library if number == 3 else st.tuples(st.sampled_from((LIBRARY, "", "")), own).map("".join)
    return st.one_of(right, right, right, texts(number, ("", *SERVICES)))
