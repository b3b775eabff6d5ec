"""Media: RTP sockets, prompts, recordings and digits, in a process of their own beside the signalling one."""
