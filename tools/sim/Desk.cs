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

    private static readonly (string Name, string Help)[] Help =
    [
        ("tap", "the phone presents its key"),
        ("issue", "the server issues the key again, under the next number"),
        ("revoke", "the server deletes the phone's key; the door has no network and does not know it yet"),
        ("carry", "a phone brings the list and the time to the door"),
        ("time +N[s|m|h|d]", "time passes, at most 366 days"),
        ("cut [N]", "power is cut for N seconds, 1 unless said"),
        ("alarm WHAT", "open, close (the door), rex, fire, tamper, off"),
        ("respond COMMAND HEX", "answers a challenge of \"strike\" or \"reboot\", as tools/flash does"),
        ("quit", "ends"),
    ];

    private readonly IAnsiConsole _console;
    private readonly InstantKey _key;
    private readonly DeskSite _site;
    private CredentialRecord _record;
    private byte[] _credential = [];
    private int _edges;

    /// <summary>Boots the door; its clock starts when the key's life does.</summary>
    public Desk(IAnsiConsole console, InstantKey key)
    {
        _console = console;
        _key = key;
        _site = new DeskSite(Now);
        Door = new DeskDoor(DoorId, _site.Register(DoorId, "DESK DOOR", DeskSite.DoorScope, 0), new Settings { HasContact = true, HasRex = true });
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
        ReportStrike(true);
        _console.MarkupLineInterpolated($"Type [bold]help[/].");
    }

    /// <inheritdoc/>
    public void Do(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words.FirstOrDefault(string.Empty))
        {
            case "":
                break;
            case "tap" when words.Length == 1:
                Tap();
                break;
            case "issue" when words.Length == 1:
                _record = Issue();
                Say($"key number {_record.KeyNumber} is on the phone");
                break;
            case "revoke" when words.Length == 1:
                _site.Revoke(DeskSite.DoorScope, _record.KeyNumber);
                Say($"key number {_record.KeyNumber} is deleted on the server; \"carry\" brings the news to the door");
                break;
            case "carry" when words.Length == 1:
                Carry();
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
            case "quit" when words.Length == 1:
                IsOver = true;
                break;
            case "tap" or "issue" or "revoke" or "carry" or "quit":
                Complain($"{words[0]}: wanted nothing behind it");
                break;
            default:
                AskDoor(line, words[0] == "help");
                break;
        }

        ReportStrike(words.FirstOrDefault() == "tap");
    }

    /// <inheritdoc/>
    public void Live(long milliseconds) => Door.Run(milliseconds);

    /// <inheritdoc/>
    public bool Report(Action before)
    {
        string text = Door.Host.Serial.TakeText().Trim('\r', '\n', '>', ' ');
        if (text.Length == 0 && _edges == Door.Host.Strike.Edges.Count)
        {
            return false;
        }

        before();
        ReportStrike(false);
        if (text.Length > 0)
        {
            _console.WriteLine(text);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => Door.Dispose();

    private uint Now() => _key.CreatedAtSeconds + (uint)((Door?.Host.Clock.WorldMs ?? 0) / 1000);

    private CredentialRecord Issue()
    {
        CredentialRecord record = _site.Issue(_key, DeskSite.DoorScope, 1);
        _credential = record.Seal(_site.Root);
        return record;
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

    private void AskDoor(string line, bool isHelp)
    {
        if (isHelp)
        {
            foreach ((string name, string help) in Help)
            {
                _console.MarkupLineInterpolated($"[green]{name.PadRight(20)}[/] {help}");
            }

            _console.MarkupLineInterpolated($"[grey]and what the door's own console knows:[/]");
        }

        Door.Host.Serial.Type(line + "\r");
        string answer = string.Empty;
        for (int i = 0; i < MaxAnswerSteps && !answer.EndsWith("\n" + TechnicianConsole.Prompt, StringComparison.Ordinal); i++)
        {
            Door.Run(10);
            answer += Door.Host.Serial.TakeText();
        }

        int end = answer.IndexOf('\n', StringComparison.Ordinal);
        _console.WriteLine(answer[(end + 1)..].TrimEnd('>', ' ', '\r', '\n').Replace("\r", string.Empty, StringComparison.Ordinal));
    }

    /// <param name="isWalkShown">True when a walk has told of the pulse.</param>
    private void ReportStrike(bool isWalkShown)
    {
        IReadOnlyList<StrikeEdge> edges = Door.Host.Strike.Edges;
        for (; _edges < edges.Count; _edges++)
        {
            StrikeEdge edge = edges[_edges];
            if (!edge.IsOn || !isWalkShown)
            {
                _console.MarkupLineInterpolated($"  [green]strike[/] {(edge.IsOn ? "energised" : "released")} [grey]at {edge.AtMs} ms, {Cause(edge.Cause)}[/]");
            }
        }
    }

    private void Say(string text) => _console.MarkupLineInterpolated($"[grey]{text}[/]");

    private void Complain(string text) => _console.MarkupLineInterpolated($"[red]{text}[/]");

    private static string Cause(StrikeCause cause) => cause switch
    {
        StrikeCause.Pulse => "a pulse begins",
        StrikeCause.End => "at the end of its time",
        StrikeCause.Release => "by the firmware",
        _ => "by the loss of power",
    };
}
