using DoorController.Diagnostics;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Wire;
using Spectre.Console;

namespace DoorController.Sim;

/// <summary>
/// A fixed scene without a terminal: one instant key, a door, its neighbour and two elevator cars. Each step says which verdict is
/// wanted and how often the strike may be energised; the scene fails when one step comes out differently.
/// </summary>
internal sealed class Demo : IDisposable
{
    private const uint FrontId = 1;
    private const uint NeighbourId = 2;
    private const uint CarId = 11;
    private const uint OtherCarId = 12;
    private const int FloorsWired = 8;

    /// <summary>The whole scene takes less, in s.</summary>
    private const uint LeastLifeS = 600;

    private readonly IAnsiConsole _console;
    private readonly InstantKey _key;
    private readonly int _wrongStep;
    private readonly DeskSite _site;
    private readonly DeskDoor _front;
    private readonly byte[] _guest;
    private readonly uint _guestNumber;
    private int _step;
    private int _failures;
    private uint _skippedS;

    /// <summary>Sets the scene.</summary>
    /// <param name="key">The instant key, whose life begins as the scene does.</param>
    /// <exception cref="InstantKeyException">The key's life is shorter than the scene.</exception>
    /// <param name="wrongStep">Number of a step that is to want another verdict than it should, to see the scene fail; 0 for none.</param>
    public Demo(IAnsiConsole console, InstantKey key, int wrongStep)
    {
        if (key.ExpiresAtSeconds - key.CreatedAtSeconds < LeastLifeS)
        {
            throw new InstantKeyException($"expires_at: wanted at least {LeastLifeS / 60} min after created_at, which the scene takes");
        }

        _console = console;
        _key = key;
        _wrongStep = wrongStep;
        _site = new DeskSite(Now);
        _front = new DeskDoor(FrontId, _site.Register(FrontId, "FRONT DOOR", DeskSite.DoorScope, 0), new Settings { HasContact = true, HeldOpenS = 30 });
        CredentialRecord record = _site.Issue(key, DeskSite.DoorScope, 1);
        _guestNumber = record.KeyNumber;
        _guest = record.Seal(_site.Root);
    }

    /// <summary>Plays all steps.</summary>
    /// <returns>0 when each came out as wanted, else 1.</returns>
    public int Run()
    {
        _console.MarkupLineInterpolated($"instant key [bold]{_key.InstantKeyId}[/], good from {LineText.Time(_key.CreatedAtSeconds)} to {LineText.Time(_key.ExpiresAtSeconds)} UTC");
        _console.MarkupLineInterpolated($"door {FrontId} has no network; a phone brings it the time: {PhoneApp.Word(CarryTime(_front))}");
        PlayGuest();
        PlayForgeries();
        PlayTimes();
        PlayRevocation();
        PlayPowerCut();
        PlayHeldOpen();
        PlayElevator();
        PlayEnd();
        CheckHardware(_front);
        _console.WriteLine();
        _console.MarkupLineInterpolated($"{_step} steps, [{(_failures == 0 ? "green" : "red")}]{_failures} not as wanted[/]");
        return _failures == 0 ? 0 : 1;
    }

    /// <inheritdoc/>
    public void Dispose() => _front.Dispose();

    private uint Now() => _key.CreatedAtSeconds + _skippedS + (uint)((_front?.Host.Clock.WorldMs ?? 0) / 1000);

    private PhoneKey GuestKey(uint doorId) => _site.KeyFor(_guest, DeskSite.DoorScope, doorId);

    private void PlayGuest()
    {
        byte[] attempt = PhoneKey.NewAttemptId();
        Walk first = Play("The key opens, with the network off", Verdict.Granted, 1, () => _front.Phone.Tap(GuestKey(FrontId), attempt));
        Walk again = Play(
            "The phone lost the answer and asks again over a new connection", Verdict.Repeated, 0, () => _front.Phone.Tap(GuestKey(FrontId), attempt));
        Require(again.AuditSequence == first.AuditSequence && again.OnAir == first.OnAir, "the retry gets the same result");
        Require(first.IsFromTheDoor && again.IsFromTheDoor, "both results carry the door's tag");
        _front.Run(10000);
        Require(!_front.Host.Strike.IsEnergised, "the strike is released by itself");
        Play("A recorded Unlock is replayed", Verdict.NotProven, 0, () => _front.Phone.Send(first.Unlock));
    }

    private void PlayForgeries()
    {
        PhoneKey key = GuestKey(FrontId);
        byte[] altered = [.. _guest];
        altered[^1] ^= 1;
        Play("One bit of the credential is altered", Verdict.NotProven, 0, () => _front.Phone.Tap(key with { Credential = altered }));
        Play("The key of another door is presented, by a phone that looks at no door id", Verdict.NotProven, 0, () => _front.Phone.Tap(GuestKey(NeighbourId) with { DoorId = FrontId }));
        byte[] elsewhere = _site.Issue(_key, DeskSite.DoorScope, 1 << 1).Seal(_site.Root);
        Play("The credential names the neighbour's index only", Verdict.WrongDoor, 0,
            () => _front.Phone.Tap(_site.KeyFor(elsewhere, DeskSite.DoorScope, FrontId)));
        byte[] unknown = key.MakeUnlock(new byte[Hello.LengthWith(1)], PhoneKey.NewAttemptId());
        unknown[0] = (byte)(((Hello.Version + 1) << 5) | Unlock.OperationUnlock);
        Play("A frame of an unknown version", Verdict.BadVersion, 0, () => _front.Phone.Send(unknown));
    }

    private void PlayTimes()
    {
        CredentialRecord record = _site.Issue(_key, DeskSite.DoorScope, 1);
        byte[] early = (record with { NotBefore = Now() + 7200 }).Seal(_site.Root);
        Play("A key whose life begins in two hours", Verdict.NotYetValid, 0,
            () => _front.Phone.Tap(_site.KeyFor(early, DeskSite.DoorScope, FrontId)));
    }

    private void PlayRevocation()
    {
        CredentialRecord record = _site.Issue(_key, DeskSite.DoorScope, 1);
        PhoneKey key = _site.KeyFor(record.Seal(_site.Root), DeskSite.DoorScope, FrontId);
        Play("A second guest's key opens", Verdict.Granted, 1, () => _front.Phone.Tap(key));
        _front.Run(10000);
        _site.Revoke(DeskSite.DoorScope, record.KeyNumber);
        int state = _front.Phone.Carry(_ => _site.ListFor(FrontId));
        Require(state == CarryState.Accepted, "the door takes the list that a phone carries");
        Play("It was deleted, and another phone carried the list to the door", Verdict.Revoked, 0, () => _front.Phone.Tap(key));
        Play("The first guest still opens", Verdict.Granted, 1, () => _front.Phone.Tap(GuestKey(FrontId)));
        _front.Run(10000);
    }

    private void PlayPowerCut()
    {
        Play("Power is cut during the pulse", Verdict.Granted, 1, () => _front.Phone.Tap(GuestKey(FrontId)));
        Require(_front.Host.Strike.IsEnergised, "the strike was energised when the power went");
        int pulses = _front.Host.Strike.Pulses;
        _front.CutPower(2000);
        Require(!_front.Host.Strike.IsEnergised, "the strike is released by the cut");
        _front.Run(30000);
        Require(_front.Host.Strike.Pulses == pulses, "it stays released after the boot");
        Require(_front.Host.Strike.Edges[^1].Cause == StrikeCause.Reset, "the last edge is the cut");
        Play("After the boot the key opens again", Verdict.Granted, 1, () => _front.Phone.Tap(GuestKey(FrontId)));
    }

    private void PlayHeldOpen()
    {
        uint next = _front.Door.Memory.Audit.NextSequence;
        _front.Host.Inputs.Set(Input.DoorOpen, true);
        _front.Run(500);
        Require(!_front.Host.Strike.IsEnergised, "the strike relocks when the door has opened");
        _front.Pass(TimeSpan.FromSeconds(35));
        Require(_front.Door.Monitor.IsAlarm, "the held-open alarm comes when the door stays open");
        _front.Run(Limits.AuditQueueMs);
        Say("door", $"audit trail: {_front.RecordsFrom(next)}");
        _front.Host.Inputs.Set(Input.DoorOpen, false);
        _front.Run(1000);
        Require(!_front.Door.Monitor.IsAlarm, "it ends when the door closes");
    }

    private void PlayElevator()
    {
        using DeskDoor car = new(CarId, _site.Register(CarId, "CAR 1", DeskSite.CarScope, 0), floors: FloorsWired);
        using DeskDoor other = new(OtherCarId, _site.Register(OtherCarId, "CAR 2", DeskSite.CarScope, 1), floors: FloorsWired);
        CarryTime(car);
        CarryTime(other);
        byte[] credential = _site.Issue(_key, DeskSite.CarScope, 0b0010_0100).Seal(_site.Root);
        PhoneKey inCar = _site.KeyFor(credential, DeskSite.CarScope, CarId);
        Walk walk = Play("An elevator car: floors 1, 2 and 5 are asked for, the key has 2 and 5", Verdict.Granted, 1,
            () => car.Phone.Tap(inCar, floors: 0b0010_0110), car);
        Require(car.Host.Floors.Enabled == 0b0010_0100, "the car's buttons take floors 2 and 5 only");
        Require(walk.Result[1] == 2, "the result counts two floors");
        car.Run(10000);
        Require(car.Host.Floors.Selected == 0, "all floors are released afterwards");
        Play("The second car of the bank takes the same credential", Verdict.Granted, 1,
            () => other.Phone.Tap(_site.KeyFor(credential, DeskSite.CarScope, OtherCarId), floors: 0b0010_0100), other);
        other.Run(10000);
        Play("and not the first car's bytes", Verdict.NotProven, 0, () => other.Phone.Send(walk.Unlock), other);
        Play("nor the first car's key", Verdict.NotProven, 0, () => other.Phone.Tap(inCar with { DoorId = OtherCarId }, floors: 0b0010_0100), other);
        CheckHardware(car);
        CheckHardware(other);
    }

    private void PlayEnd()
    {
        // The days between are passed over: the door learns from a phone how late it is, as it does after a long power cut.
        _skippedS = _key.ExpiresAtSeconds - Now() + 60;
        CarryTime(_front);
        Play("The key's life is over", Verdict.Expired, 0, () => _front.Phone.Tap(GuestKey(FrontId)));
        Say("key", $"number {_guestNumber}: opened while it was good, and at no other time");
    }

    private int CarryTime(DeskDoor door) => door.Phone.Carry(status => _site.TimeToken(door.Id, status[4..12]));

    private Walk Play(string title, int wanted, int pulses, Func<Walk> tap, DeskDoor? at = null)
    {
        _step++;
        int want = _step == _wrongStep ? (wanted == Verdict.Granted ? Verdict.Revoked : Verdict.Granted) : wanted;
        VirtualStrike strike = (at ?? _front).Host.Strike;
        int before = strike.Pulses;
        _console.WriteLine();
        _console.MarkupLineInterpolated($"[bold]{_step}. {title}[/]");
        Walk walk = tap();
        WalkPrinter.Print(_console, walk);
        string wish = Outcome(want, Verdict.OnAir(want), Verdict.IsProven(want), pulses);
        string outcome = Outcome(walk.Verdict, walk.OnAir, walk.IsFromTheDoor, strike.Pulses - before);
        Judge(wish == outcome, wish == outcome ? wish : $"wanted {wish}; got {outcome}");
        return walk;
    }

    private void CheckHardware(DeskDoor door) =>
        Require(door.Host.Faults.Count == 0, $"door {door.Id} broke no rule of the hardware{string.Concat(door.Host.Faults.Select(f => "; " + f))}");

    private void Require(bool holds, string what) => Judge(holds, what);

    private void Judge(bool holds, string what)
    {
        _failures += holds ? 0 : 1;
        _console.MarkupLineInterpolated($"  [{(holds ? "green" : "red")}]{(holds ? "as wanted" : "NOT SO")}:[/] {what}");
    }

    private static string Outcome(int verdict, int onAir, bool isTagged, int pulses) =>
        $"{Verdict.Name(verdict)} ({verdict}), on the air {onAir} {(isTagged ? "with" : "without")} the door's tag, {pulses} pulse{(pulses == 1 ? "" : "s")}";

    private void Say(string who, string what) => _console.MarkupLineInterpolated($"  [yellow]{who,-6}[/] {what}");
}
