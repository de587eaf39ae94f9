"""How data flows through a state: paths, payload templates, results and assignments."""
