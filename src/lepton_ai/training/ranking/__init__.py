"""Training of recommenders: `fit.fit_ranking` is the door."""
