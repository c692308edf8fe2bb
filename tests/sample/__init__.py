"""The sample: a small synthetic world of Explore education statistics, and the recorded answers of its sources.

``python -m tests.sample --out data/sample`` writes what `data/sample` holds. The same arguments give the same
files, on every machine. Nothing in it was measured: publications bear the titles that the public website shows,
every visit, count, search and identifier is made up by a seeded generator.

Modules:
    world: publications, releases, data sets and pages that exist; every writer starts from it.
    traffic: who visited which page on a day.
    events: what the visitors clicked.
    ga4: the seven Google Analytics reports, as rows (any number of them, for servers and benchmarks) and as files.
    search_console: what the site was found with in Google's search, as rows and as files.
    website: the listing pages and the publications' pages.

A further source is a module of its own with ``write(world, out)``, named in ``__main__``.
"""
