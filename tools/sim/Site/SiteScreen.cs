using Spectre.Console;

namespace DoorController.Sim.Site;

/// <summary>The panel in a terminal, drawn anew each second, with what the last command said below it.</summary>
internal sealed class SiteScreen : IPrompted, IDisposable
{
    private const long DrawMs = 1000;
    private readonly SiteWorld _world;
    private readonly IAnsiConsole _console;
    private readonly StringWriter _said = new();
    private readonly SiteDesk _desk;
    private long _drawnMs;

    /// <summary>A screen for one site.</summary>
    public SiteScreen(SiteWorld world, IAnsiConsole console)
    {
        _world = world;
        _console = console;
        IAnsiConsole lines = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(_said) });
        lines.Profile.Width = console.Profile.Width;
        _desk = new SiteDesk(world, lines, tellsNews: false);
    }

    /// <inheritdoc/>
    public bool IsOver => _desk.IsOver;

    /// <inheritdoc/>
    public string Prompt => "site> ";

    /// <inheritdoc/>
    public void Greet() => Draw();

    /// <inheritdoc/>
    public void Do(string line)
    {
        // The screen is cleared for what the command did: what was typed stays readable above its answer.
        _said.GetStringBuilder().Clear();
        _said.WriteLine(Prompt + line);
        _desk.Do(line);
        Draw();
    }

    /// <inheritdoc/>
    public void End() => _desk.End();

    /// <inheritdoc/>
    public void Live(long milliseconds) => _world.Live(milliseconds);

    /// <inheritdoc/>
    public bool Report(Action before)
    {
        if (_world.Clock.NowMs - _drawnMs < DrawMs)
        {
            return false;
        }

        Draw();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _said.Dispose();

    private void Draw()
    {
        _drawnMs = _world.Clock.NowMs;
        _console.Clear();
        _console.Write(SitePanel.Draw(_world, _console.Profile.Width));
        _console.WriteLine();
        string said = _said.ToString();
        _console.WriteLine(said.Length > 0 ? said : "type help");
    }
}
