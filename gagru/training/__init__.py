"""How networks are trained: loop, early stopping, optimisers, batches, device, checkpoint."""
