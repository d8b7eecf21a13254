"""Taking a bag elsewhere or out of its packing: as a holey bag, unpacked, joined from its parts."""
