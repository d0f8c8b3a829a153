namespace DoorController.KeyServer.Root;

/// <summary>The files with secrets.</summary>
/// <param name="Root">The site root.</param>
public sealed record SiteFiles(string Root)
{
    /// <summary>The file of marks.</summary>
    public string Marks => Root + ".marks";

    /// <summary>The first API key, for its owner to take away.</summary>
    public string FirstApiKey => Root + ".first-api-key";
}
