namespace DoorController.Sim;

/// <summary>What a prompt stands for: a desk with one door, or a site.</summary>
internal interface IPrompted
{
    /// <summary>True when it is over.</summary>
    bool IsOver { get; }

    /// <summary>What stands in front of a line.</summary>
    string Prompt { get; }

    /// <summary>Says what there is, before the first line.</summary>
    void Greet();

    /// <summary>Does one line.</summary>
    void Do(string line);

    /// <summary>Ends it, as the command quit does.</summary>
    void End();

    /// <summary>Lets time pass.</summary>
    /// <param name="milliseconds">How much, 0 or more.</param>
    void Live(long milliseconds);

    /// <summary>Says what happened by itself.</summary>
    /// <param name="before">Called once before anything is said, and not at all when there is nothing to say.</param>
    /// <returns>True when something was said.</returns>
    bool Report(Action before);
}
