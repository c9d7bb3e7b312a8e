"""Training for ratings: `fit.fit_rating` is the door."""
