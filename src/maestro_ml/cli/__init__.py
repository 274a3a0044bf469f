"""The command line: nouns and verbs over the SDK; a noun's module loads when it is used."""
