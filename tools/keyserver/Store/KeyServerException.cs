namespace DoorController.KeyServer.Store;

/// <summary>The server cannot start or go on: one line that says what is wrong, and one that says what to do.</summary>
/// <param name="problem">What is wrong, without a secret.</param>
/// <param name="advice">What to do about it.</param>
public sealed class KeyServerException(string problem, string advice) : Exception($"{problem}: {advice}");
