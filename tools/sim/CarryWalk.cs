using DoorController.Issuer;
using DoorController.Wire;

namespace DoorController.Sim;

/// <summary>What a phone brings to a door and fetches there in the course of one walk, in PROTOCOL.md's order.</summary>
/// <param name="walk">Where each blob is written down.</param>
/// <param name="carry">The session's Carry.</param>
/// <param name="bag">What the phone has for this door.</param>
/// <param name="nowMs">The time, in ms.</param>
internal sealed class CarryWalk(Walk walk, CarrySession carry, DoorBag bag, Func<long> nowMs)
{
    /// <summary>A phone stops before the door does, so that nothing ends half-way.</summary>
    private const int AfterMs = 3500;

    private List<byte[]> _late = [];
    private bool _hasBrought;

    /// <summary>Keys, the time and lists, once, as far as there is room before the unlock.</summary>
    /// <returns>True when something of it was news: then Hello is another one.</returns>
    public bool BringBefore(byte[] hello, PhoneKey key)
    {
        if (_hasBrought)
        {
            return false;
        }

        _hasBrought = true;
        (List<byte[]> before, _late) = bag.Share(hello, DoorBag.ScopeOf(key.Credential, 0));
        return before.Aggregate(false, (isNews, blob) => Bring(blob) || isNews);
    }

    /// <summary>After a granted unlock: acknowledgements up, a page down, the lists that are left.</summary>
    public void CarryAfter()
    {
        if (walk.OnAir == Verdict.Granted && walk.IsFromTheDoor)
        {
            long end = nowMs() + AfterMs;
            BringWhile(bag.Acknowledgements, end);
            if (carry.FetchPage() is byte[] page)
            {
                bag.AddPage(page);
                walk.Add("phone", "takes a page", page.Length, "of the audit trail, for the server");
            }

            BringWhile(_late, end);
        }

        bag.Hello = walk.Hello.Length > 0 ? walk.Hello : bag.Hello;
        bag.Status = carry.Last ?? bag.Status;
    }

    private void BringWhile(IEnumerable<byte[]> blobs, long end)
    {
        foreach (byte[] blob in blobs.TakeWhile(_ => nowMs() < end))
        {
            Bring(blob);
        }
    }

    private bool Bring(byte[] blob)
    {
        int state = carry.Bring(blob);
        if (state == CarryState.BaseMissing && bag.Whole(blob) is byte[] whole)
        {
            state = carry.Bring(whole);
        }

        walk.Add("phone", "brings " + BlobName(blob[0]), blob.Length, PhoneApp.Word(state));
        bool isNews = state is CarryState.Accepted or CarryState.Taken;
        if (isNews || state is CarryState.NothingNew or CarryState.Refused)
        {
            bag.Errands.Remove(blob);
        }

        return isNews;
    }

    private static string BlobName(int type) => type switch
    {
        BlobType.KeyUpdate => "keys",
        BlobType.TimeToken => "the time",
        BlobType.FloorReset => "a floor reset",
        BlobType.List => "a list",
        _ => "acknowledgement",
    };
}
