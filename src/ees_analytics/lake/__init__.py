"""The tables: one dataset for all reads and writes, a storage per engine, and the engine itself."""
