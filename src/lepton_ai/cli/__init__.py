"""The command `lepton`: one verb a file, and no logic of its own."""
