"""A loss counts as bad when it is not below that of the epoch before."""
# fails: patience_is_counted_from_the_best

# %% early_stopping
def early_stopping(val_losses, patience):
    best, count, epoch = 0, 0, 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        if epoch > 0 and loss >= val_losses[epoch - 1]:
            count += 1
        else:
            count = 0
        if count == patience:
            break
    return epoch, best
