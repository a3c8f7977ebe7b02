"""Training stops the patience after the lowest of all losses, as if the future were known."""
# fails: patience_is_counted_from_the_best

# %% early_stopping
def early_stopping(val_losses, patience):
    best = int(np.argmin(val_losses))
    return min(best + patience, len(val_losses) - 1), best
