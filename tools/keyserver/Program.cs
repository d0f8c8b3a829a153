using DoorController.KeyServer;

return await Commands.RunAsync(args);
