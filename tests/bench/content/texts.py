"""What the written pages say: a title and blocks, each (kind, ...).

p TEXT (inline HTML), h2 TEXT, ul/ol ITEMS, pre LANGUAGE CODE, table ROWS (the
first one is the header), quote TEXT, dl PAIRS, fig CAPTION.
"""

TEXTS = {
    "lamps": ("How oil lamps were kept", [
        ("p", "For most of the eighteenth century a house was lit by whatever fat was cheap. Whale oil burned clean but cost a day's wages for a week of evenings; tallow smoked and stank, and had to be trimmed every quarter of an hour."),
        ("p", "The <em>Argand burner</em> of 1780 changed that. Its wick is a tube, so that air reaches the flame from inside as well, and a glass chimney draws it up. One lamp gave the light of ten candles."),
        ("h2", "Trimming the wick"),
        ("p", "A wick is cut straight across, and then the corners are taken off. Left as it was, it burns in two horns that blacken the glass."),
        ("ol", ["Let the lamp cool, and lift the chimney off with both hands.", "Turn the wick up by the width of a finger.", "Cut it level, then clip each corner once.", "Wipe the burner: what falls in clogs it."]),
        ("h2", "What each oil gives"),
        ("table", [["Oil", "Hours a pint", "Smoke"], ["Sperm whale", "22", "hardly any"], ["Colza", "19", "little"], ["Tallow", "9", "much"]]),
        ("p", "Colza won in the end, since it grew in the field behind the house. Paraffin put an end to all of them within ten years of 1860."),
    ]),
    "queue": ("A bounded queue in forty lines", [
        ("p", "Producers that are faster than consumers need to be held back somewhere. A queue with a limit does it in one place, and nobody else has to know."),
        ("pre", "cpp", "template <class T>\nclass BoundedQueue {\n public:\n  explicit BoundedQueue(std::size_t most) : most_(most) {}\n\n  void push(T value) {\n    std::unique_lock lock(mutex_);\n    room_.wait(lock, [&] { return items_.size() < most_; });\n    items_.push_back(std::move(value));\n    filled_.notify_one();\n  }\n};"),
        ("p", "The lock is held while the item is moved in. That looks slow, but a move of a pointer is cheaper than the second lock that a cleverer scheme would take."),
        ("h2", "Closing it"),
        ("p", "A queue that cannot be closed keeps its consumers waiting for ever. <code>close()</code> sets a flag and wakes everyone; <code>pop()</code> gives nothing once the flag is set and the queue is empty."),
        ("ul", ["Call <code>close()</code> from the last producer only.", "A push after that is an error in the program, not in the data.", "Consumers drain what is left before they end."]),
        ("pre", "sh", "$ ./bench --items 1000000 --limit 64\n1000000 items, 0.18 s, 5.5 M/s"),
        ("h2", "What was measured"),
        ("table", [["limit", "items a second", "waits"], ["1", "0.4 M", "61%"], ["64", "5.5 M", "2%"], ["4096", "5.6 M", "0%"]]),
        ("p", "Sixty-four is enough. A larger limit only means that more work is lost when the process is killed."),
    ]),
    "harbour": ("Harbour bridge closes for nine weeks", [
        ("p", "The bridge over the inner harbour will be closed to all traffic from 3 May, the port authority said on Tuesday. Inspectors had found cracks in two of the bearings that carry the lifting span."),
        ("p", "\u201cNobody was in danger at any time,\u201d said the authority's chief engineer, Marit Solheim. \u201cBut we would not have wanted to go through another winter with them.\u201d"),
        ("p", "About eleven thousand vehicles cross the bridge on a working day. Buses 4 and 17 will go round by the tunnel and take a quarter of an hour longer; a ferry for pedestrians and bicycles is to run every ten minutes from six in the morning."),
        ("fig", "The lifting span was last replaced in 1974."),
        ("p", "Shopkeepers on the northern quay fear for the season. The town has promised them a share of the parking fees, which they call a drop in the ocean."),
        ("h2", "Cracks known for a year"),
        ("p", "According to minutes seen by this paper, the cracks were first reported in March of last year and rated as not urgent. A second report in November came to another conclusion."),
        ("p", "The work is expected to cost 14 million crowns, of which the state pays half. If the weather holds, the bridge opens again on 5 July, in time for the regatta."),
    ]),
    "bread": ("Rye bread that keeps for a week", [
        ("p", "This is the bread my grandmother baked on Saturdays. It is dark, a little sour, and better on the third day than on the first."),
        ("h2", "Ingredients"),
        ("ul", ["500 g whole rye flour", "400 ml water, lukewarm", "150 g sourdough, fed the evening before", "10 g salt", "1 spoon of molasses"]),
        ("h2", "Method"),
        ("ol", ["Stir everything together until no dry flour is left. Do not knead: rye has no use for it.", "Cover and leave for three hours in a warm place.", "Fill into a greased tin, smooth with a wet hand, and let it rise until the surface cracks.", "Bake at 240 degrees for fifteen minutes, then at 180 for fifty."]),
        ("p", "Turn it out at once and let it cool under a cloth. Cut it on the next day at the earliest, or the knife will smear."),
        ("quote", "A bread that is not tapped is a bread that is not done, she used to say, and knocked on its bottom."),
        ("p", "If your kitchen is cold, give the dough an hour more. It forgives waiting; what it does not forgive is haste."),
    ]),
    "backup": ("Restore a single table from a dump", [
        ("p", "A dump of the whole database is easy to make and tiresome to restore when only one table is broken. The custom format keeps a table of contents, and with it you can pick."),
        ("pre", "bash", "pg_restore --list nightly.dump > contents.txt\ngrep ' TABLE DATA public orders ' contents.txt > wanted.txt"),
        ("p", "The second command leaves one line. Edit the file if you want its indexes as well: they are entries of their own."),
        ("h2", "Before you begin"),
        ("dl", [("Space", "Twice the size of the table, since the old rows stay until the next vacuum."), ("Locks", "An exclusive one on the table for as long as it takes."), ("Triggers", "They fire for each row unless you say <code>--disable-triggers</code>.")]),
        ("h2", "Doing it"),
        ("pre", "bash", "psql -c 'TRUNCATE orders' shop\npg_restore --use-list=wanted.txt --dbname=shop \\\n  --disable-triggers nightly.dump"),
        ("p", "Foreign keys from other tables stop the truncate. Do not reach for <code>CASCADE</code>, which empties those tables too; load into a copy of the table and compare."),
        ("table", [["Option", "Meaning", "Default"], ["<code>--jobs</code>", "connections at a time", "1"], ["<code>--clean</code>", "drop before creating", "off"], ["<code>--if-exists</code>", "no error if there is nothing to drop", "off"]]),
    ]),
    "tent": ("Norrsken 2 trekking tent", [
        ("p", "A tent for two who carry everything themselves: 1.6 kg with poles and pegs, up in four minutes, and dry in weather that keeps other people at home."),
        ("p", "The fly reaches down to the ground on the windward side and stands a hand's width above it in the lee, so that the inner tent stays dry inside as well. Both doors open fully; the vestibules take a rucksack each."),
        ("h2", "Details"),
        ("table", [["Feature", "Value"], ["Weight", "1.6 kg"], ["Packed", "44 x 13 cm"], ["Water column", "3000 mm fly, 5000 mm floor"], ["Poles", "aluminium 7001, 8.7 mm"], ["Season", "three"]]),
        ("h2", "In the bag"),
        ("ul", ["Outer tent with guy lines fitted", "Inner tent", "Two poles and one to spare", "Fourteen pegs and a repair sleeve"]),
        ("p", "Seams are taped by hand in our workshop in Kiruna, where we also mend every tent we have ever sold, for as long as you own it."),
    ]),
}
