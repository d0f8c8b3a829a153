using DoorController.Diagnostics;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Sync;
using DoorController.Wire;
using Spectre.Console;

namespace DoorController.Sim;

/// <summary>The door on your desk: desk commands act on the world around it, every other line goes to the door's own console.</summary>
internal sealed class Desk : IPrompted, IDisposable
{
    private const uint DoorId = 1;
    private const int MaxDays = 366;
    private const int MaxAnswerSteps = 3000;

    private readonly IAnsiConsole _console;
    private readonly InstantKey _key;
    private readonly DeskSite _site;
    private CredentialRecord _record;
    private readonly StrikeReport _strike;
    private byte[] _credential = [];

    /// <summary>Boots the door; its clock starts when the key's life does.</summary>
    public Desk(IAnsiConsole console, InstantKey key)
    {
        _console = console;
        _key = key;
        _site = new DeskSite(Now);
        Door = new DeskDoor(DoorId, _site.Register(DoorId, "DESK DOOR", DeskSite.DoorScope, 0), new Settings { HasContact = true, HasRex = true });
        _strike = new StrikeReport(console, Door.Host.Strike);
        Door.Host.Serial.TakeOutput();
        _record = Issue();
        Carry();
    }

    /// <summary>The door.</summary>
    public DeskDoor Door { get; }

    /// <inheritdoc/>
    public bool IsOver { get; private set; }

    /// <inheritdoc/>
    public string Prompt => "desk> ";

    /// <summary>Shows what is on the desk and the walk of one unlock.</summary>
    public void Greet()
    {
        _console.MarkupLineInterpolated($"[bold]The door on your desk[/]: the firmware of the board, on virtual hardware, with no network.");
        _console.MarkupLineInterpolated($"instant key {_key.InstantKeyId}, good from {LineText.Time(_key.CreatedAtSeconds)} to {LineText.Time(_key.ExpiresAtSeconds)} UTC");
        Tap();
        _strike.Print(true);
        _console.MarkupLineInterpolated($"Type [bold]help[/].");
    }

    /// <inheritdoc/>
    public void Do(string line)
    {
        string[] words = CommandLine.Words(line);
        string word = words.FirstOrDefault(string.Empty);
        if (Alone(word) is not Action act)
        {
            DoWithMore(word, words, line);
        }
        else if (words.Length == 1)
        {
            act();
        }
        else
        {
            Complain($"{word}: wanted nothing behind it");
        }

        _strike.Print(word == "tap");
    }

    /// <inheritdoc/>
    public void End() => IsOver = true;

    /// <inheritdoc/>
    public void Live(long milliseconds) => Door.Run(milliseconds);

    /// <inheritdoc/>
    public bool Report(Action before)
    {
        string text = Door.Host.Serial.TakeText().Trim('\r', '\n', '>', ' ');
        if (text.Length == 0 && !_strike.HasNews)
        {
            return false;
        }

        before();
        _strike.Print(false);
        if (text.Length > 0)
        {
            _console.WriteLine(text);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => Door.Dispose();

    /// <summary>What a command does that is a word and no more; null for any other.</summary>
    private Action? Alone(string word) => word switch
    {
        "tap" => Tap,
        "issue" => IssueAgain,
        "revoke" => Revoke,
        "carry" => Carry,
        "quit" => End,
        _ => null,
    };

    private void DoWithMore(string word, string[] words, string line)
    {
        switch (word)
        {
            case "":
                break;
            case "help" when words.Length <= 2:
                TellHelp(words.ElementAtOrDefault(1));
                break;
            case "time" when words.Length > 1:
                Pass(words);
                break;
            case "cut":
                Cut(words);
                break;
            case "alarm":
                Alarm(words);
                break;
            case "respond":
                Respond(words);
                break;
            default:
                PassToDoor(line.Trim());
                break;
        }
    }

    private uint Now() => _key.CreatedAtSeconds + (uint)((Door?.Host.Clock.WorldMs ?? 0) / 1000);

    private CredentialRecord Issue()
    {
        CredentialRecord record = _site.Issue(_key, DeskSite.DoorScope, 1);
        _credential = record.Seal(_site.Root);
        return record;
    }

    private void IssueAgain()
    {
        _record = Issue();
        Say($"key number {_record.KeyNumber} is on the phone");
    }

    private void Revoke()
    {
        _site.Revoke(DeskSite.DoorScope, _record.KeyNumber);
        Say($"key number {_record.KeyNumber} is deleted on the server; \"carry\" brings the news to the door");
    }

    private void Tap() => WalkPrinter.Print(_console, Door.Phone.Tap(_site.KeyFor(_credential, DeskSite.DoorScope, DoorId)));

    private void Carry()
    {
        int time = Door.Phone.Carry(status => _site.TimeToken(DoorId, status[4..12]));
        int list = Door.Phone.Carry(_ => _site.ListFor(DoorId));
        Say($"a phone carried the time ({PhoneApp.Word(time)}) and the list ({PhoneApp.Word(list)}) to the door");
    }

    private void Pass(string[] words)
    {
        long? seconds = words.Length == 2 ? TimeText.Seconds(words[1], MaxDays) : null;
        if (seconds == null)
        {
            Complain(TimeText.Wanted(words[1], MaxDays));
            return;
        }

        Door.Pass(TimeSpan.FromSeconds(seconds.Value));
        Say($"it is {LineText.Time(Now())} UTC");
    }

    private void Cut(string[] words)
    {
        uint seconds = 1;
        if (words.Length > 2 || (words.Length == 2 && (!LineText.TryNumber(words[1], out seconds) || seconds > 86400)))
        {
            Complain("cut: wanted seconds from 0 to 86400, as in \"cut 5\"");
            return;
        }

        Door.CutPower(seconds * 1000L);
        Door.Host.Serial.TakeOutput();
        Say($"power was off for {seconds} s, and the door has booted");
    }

    private void Alarm(string[] words)
    {
        int input = words.Length != 2 ? 0 : words[1] switch
        {
            "open" or "close" => Input.DoorOpen,
            "rex" => Input.Rex,
            "fire" => Input.FireAlarm,
            "tamper" => Input.Tamper,
            "off" => Input.DoorOpen | Input.Rex | Input.FireAlarm | Input.Tamper,
            _ => 0,
        };
        if (input == 0)
        {
            Complain("alarm: wanted open, close, rex, fire, tamper or off");
            return;
        }

        uint next = Door.Door.Memory.Audit.NextSequence;
        Door.Host.Inputs.Set(input, words[1] is not ("close" or "off"));
        Door.Run(200);
        if (input == Input.Rex)
        {
            Door.Host.Inputs.Set(Input.Rex, false);
        }

        Door.Run(Limits.AuditQueueMs);
        Say($"audit trail: {Door.RecordsFrom(next)}");
    }

    private void Respond(string[] words)
    {
        int command = words.Length != 3 ? 0 : words[1] switch { "strike" => TechnicianCommand.Strike, "reboot" => TechnicianCommand.Reboot, _ => 0 };
        if (command == 0 || words[2].Length != 2 * Keys.ChallengeLength || !words[2].All(char.IsAsciiHexDigit))
        {
            Complain("respond: wanted strike or reboot, and the 16 hex digits that the console printed");
            return;
        }

        Say($"type \"{words[1]} {_site.Respond(DoorId, Convert.FromHexString(words[2]), command)}\"");
    }

    private void TellHelp(string? command)
    {
        (string Name, string Help)[] told = DeskHelp.Of(command);
        foreach ((string name, string help) in told)
        {
            _console.MarkupLineInterpolated($"[green]{name.PadRight(20)}[/] {help}");
        }

        string[] doors = [.. AskDoor("help").Split('\n').Where(l => command == null || l.Split(' ')[0] == command)];
        if (told.Length + doors.Length == 0)
        {
            Complain($"help: there is no command \"{command}\"; \"help\" shows them all");
        }
        else if (command == null)
        {
            _console.MarkupLineInterpolated($"[grey]and what the door's own console knows:[/]");
        }

        Array.ForEach(doors, _console.WriteLine);
    }

    /// <summary>A line for the door's own console, which drops what is not ASCII and what is too long: neither may change what is meant.</summary>
    private void PassToDoor(string line)
    {
        if (line.Length > Limits.ConsoleLineBytes || !line.All(c => c is >= ' ' and <= '~'))
        {
            Complain($"no such command: wanted at most {Limits.ConsoleLineBytes} plain ASCII characters; type help");
            return;
        }

        _console.WriteLine(AskDoor(line));
    }

    private string AskDoor(string line)
    {
        Door.Host.Serial.Type(line + "\r");
        string answer = string.Empty;
        for (int i = 0; i < MaxAnswerSteps && !answer.EndsWith("\n" + TechnicianConsole.Prompt, StringComparison.Ordinal); i++)
        {
            Door.Run(10);
            answer += Door.Host.Serial.TakeText();
        }

        int end = answer.IndexOf('\n', StringComparison.Ordinal);
        return answer[(end + 1)..].TrimEnd('>', ' ', '\r', '\n').Replace("\r", string.Empty, StringComparison.Ordinal);
    }

    private void Say(string text) => _console.MarkupLineInterpolated($"[grey]{text}[/]");

    private void Complain(string text) => _console.MarkupLineInterpolated($"[red]{text}[/]");
}
