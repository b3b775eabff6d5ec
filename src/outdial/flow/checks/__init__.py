"""What is wrong with a schema before it runs: one file for each kind of mistake. ``flow.validate`` asks them all."""
