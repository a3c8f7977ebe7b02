"""The best epoch is looked for among all losses, those after the stop included."""
# fails: patience_is_counted_from_the_best

# %% early_stopping
def early_stopping(val_losses, patience):
    best, last = 0, len(val_losses) - 1
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        if epoch - best >= patience:
            last = epoch
            break
    return last, int(np.argmin(val_losses))
