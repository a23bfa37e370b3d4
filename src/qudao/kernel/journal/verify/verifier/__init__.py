"""The parts of the verifier. Nothing of the program is among them: an auditor reads and runs them alone."""
