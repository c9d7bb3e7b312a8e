"""Every claim of the documentation as a script that anybody can run, peers in the same run."""
