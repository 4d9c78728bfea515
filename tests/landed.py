"""What landed last: the version that may still be running while this one is rolled out.

Move both when a version has landed, in the first commit after it: `COMMIT` to what landed, `MIGRATIONS` to each
service's newest migration in it. Migrations up to these are history and are never edited.
"""

COMMIT = "56080a7"
MIGRATIONS = {"providers": "0004", "booking": "0004", "notify": "0002"}
