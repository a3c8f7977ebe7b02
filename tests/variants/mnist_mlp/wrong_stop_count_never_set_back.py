"""Bad epochs are counted from the start, and a new lowest loss does not set the count back."""
# fails: patience_is_counted_from_the_best

# %% early_stopping
def early_stopping(val_losses, patience):
    best, count = 0, 0
    for epoch in range(1, len(val_losses)):
        if val_losses[epoch] < val_losses[best]:
            best = epoch
        else:
            count += 1
        if count == patience:
            return epoch, best
    return len(val_losses) - 1, best
