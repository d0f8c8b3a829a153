using DoorController.Flash;

return await FlashApp.RunAsync(args, new FlashHost()).ConfigureAwait(false);
