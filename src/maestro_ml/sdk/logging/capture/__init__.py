"""What a run keeps of its surroundings: the code, the packages, the machine and how busy it was."""
