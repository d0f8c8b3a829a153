using DoorController.Sim;
using Spectre.Console;

return SimApp.Run(args, AnsiConsole.Console, Console.Error);
