"""Engines that continue text: one file each, behind the protocol in `base`. The lowest room: imports nothing above."""
