using System.Diagnostics.CodeAnalysis;
using DoorController.Diagnostics;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Wire;

namespace DoorController.Sim;

/// <summary>A door on the desk: the firmware on a virtual board, provisioned as the flash tool does it, and a phone in front of it.</summary>
internal sealed class DeskDoor : IDisposable
{
    private const int LongStepMs = 1000;
    private const int BootMs = 500;
    private readonly Settings _settings;
    private TechnicianConsole _console;

    /// <summary>Provisions a board and boots it.</summary>
    /// <param name="files">What the flash tool puts on it: names and contents.</param>
    /// <param name="floors">Floor selectors of an elevator car; 0 at a door.</param>
    public DeskDoor(uint doorId, IReadOnlyList<(string Name, byte[] Content)> files, Settings? settings = null, int floors = 0)
    {
        Id = doorId;
        _settings = settings ?? new Settings();
        Host = new HostBoard(new VirtualFlash(), (int)doorId);
        Host.Floors.Count = floors;
        Host.Network.IsUp = false;
        foreach ((string name, byte[] content) in files)
        {
            Host.Flash.Write(name, 0, content, 0, content.Length);
        }

        Boot();
        Phone = new PhoneApp(this);
        Run(BootMs);
    }

    /// <summary>The door's id.</summary>
    public uint Id { get; }

    /// <summary>The virtual board.</summary>
    public HostBoard Host { get; }

    /// <summary>The firmware, made anew at each boot.</summary>
    public Door Door { get; private set; }

    /// <summary>The phone in front of it.</summary>
    public PhoneApp Phone { get; }

    /// <summary>One pass of the main loop.</summary>
    public void Poll()
    {
        Door.Poll();
        _console.Poll(Host.Clock.NowMs);
    }

    /// <summary>Lets the door live for a while, in steps of 10 ms.</summary>
    public void Run(long milliseconds)
    {
        Host.Run(Poll, milliseconds);
        FollowReboot();
    }

    /// <summary>Lives until a point in the world's time, through reboots that the firmware orders.</summary>
    /// <param name="stepMs">Time between two turns.</param>
    public void LiveUntil(long milliseconds, int stepMs)
    {
        while (Host.Clock.WorldMs < milliseconds)
        {
            Host.Run(Poll, milliseconds - Host.Clock.WorldMs, stepMs);
            FollowReboot();
        }
    }

    /// <summary>Lets much time pass, in steps as long as a sound loop may take.</summary>
    public void Pass(TimeSpan time)
    {
        Host.Run(Poll, (long)time.TotalMilliseconds, LongStepMs);
        FollowReboot();
    }

    /// <summary>Power goes and comes back, and the door boots.</summary>
    public void CutPower(long offMs)
    {
        Host.PowerCut(offMs);
        Boot();
        Run(BootMs);
    }

    /// <summary>Boots again when the firmware ordered it.</summary>
    public void FollowReboot()
    {
        if (Host.Power.IsRebootOrdered)
        {
            Host.Reboot();
            Boot();
        }
    }

    /// <summary>The records of the audit trail from a number on, as text; empty when there is none yet.</summary>
    public string RecordsFrom(uint sequence)
    {
        List<string> lines = [];
        byte[] record = new byte[AuditRecord.Length];
        while (Door.Memory.Audit.Reader.ReadPage(sequence, record, 0, 1) == 1)
        {
            int verdict = record[AuditRecord.VerdictOffset];
            lines.Add($"{sequence} {AuditEvent.Name(record[AuditRecord.EventOffset])}{(verdict == 0 ? string.Empty : " " + Verdict.Name(verdict))}");
            sequence++;
        }

        return string.Join("; ", lines);
    }

    /// <inheritdoc/>
    public void Dispose() => Host.Dispose();

    [MemberNotNull(nameof(Door), nameof(_console))]
    private void Boot()
    {
        Door = new Door(Host.Board, _settings);
        _console = new TechnicianConsole(Door, Host.Board);
    }
}
