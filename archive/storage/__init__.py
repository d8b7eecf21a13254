"""Where bytes live: walking, hashing, atomic writing, tar and zip, object stores, the clock."""
