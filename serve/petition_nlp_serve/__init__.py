"""The HTTP service of petition-nlp."""
