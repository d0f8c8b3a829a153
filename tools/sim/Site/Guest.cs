using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DoorController.Issuer;

namespace DoorController.Sim.Site;

/// <summary>A person with an instant key, and the phone that holds what the link gave.</summary>
internal sealed class Guest
{
    private readonly Dictionary<uint, PhoneKey> _keys = [];
    private readonly Dictionary<uint, DoorBag> _bags = [];
    private readonly Uri _link;

    /// <summary>Takes a link.</summary>
    /// <param name="key">The instant key object.</param>
    public Guest(string name, JsonNode key)
    {
        Name = name;
        KeyId = key["instant_key_id"]!.GetValue<string>();
        _link = new Uri(key["instant_key_url"]!.GetValue<string>());
    }

    /// <summary>Who.</summary>
    public string Name { get; }

    /// <summary>Id of the instant key.</summary>
    public string KeyId { get; }

    /// <summary>The phone's own secret.</summary>
    public string Token { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(24));

    /// <summary>True once the key was deleted on the server.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>What the phone presents at a door; null when it holds nothing for it.</summary>
    public PhoneKey? KeyFor(uint doorId) => _keys.GetValueOrDefault(doorId);

    /// <summary>What the phone has for a door.</summary>
    public DoorBag BagFor(uint doorId) => _bags.TryGetValue(doorId, out DoorBag? bag) ? bag : _bags[doorId] = new DoorBag();

    /// <summary>The phone is online: it asks again, which costs nothing, and takes the newest keys and lists along.</summary>
    public void Refresh(SiteServer server)
    {
        if (server.Redeem(_link, Token) is not JsonObject redeemed)
        {
            return;
        }

        foreach (JsonNode? key in redeemed["keys"]!.AsArray())
        {
            byte[] credential = Convert.FromBase64String(key!["credential"]!.GetValue<string>());
            foreach (JsonNode? door in key["doors"]!.AsArray())
            {
                uint id = door!["door_id"]!.GetValue<uint>();
                _keys[id] = new PhoneKey(id, credential, Convert.FromBase64String(door["credential_key"]!.GetValue<string>()));
            }
        }

        foreach (DoorBag bag in _bags.Values)
        {
            bag.Lists.Clear();
        }

        foreach (JsonNode? list in redeemed["lists"]!.AsArray())
        {
            byte[] body = Convert.FromBase64String(list!["body"]!.GetValue<string>());
            foreach (JsonNode? tag in list["tags"]!.AsArray())
            {
                BagFor(tag!["door_id"]!.GetValue<uint>()).Lists.Add([.. body, .. Convert.FromBase64String(tag["tag"]!.GetValue<string>())]);
            }
        }
    }

    /// <summary>The phone is online: it takes the doors' pages to the server, and fetches what to bring to these doors.</summary>
    public void RunErrands(SiteServer server, IEnumerable<uint> doorIds)
    {
        foreach (DoorBag bag in _bags.Values.Where(_ => server.IsUp))
        {
            bag.Pages.RemoveAll(page => server.TakePage(page));
        }

        foreach (uint doorId in doorIds.Where(_ => server.IsUp))
        {
            BagFor(doorId).Errands = server.AskErrands(Token, doorId, BagFor(doorId)) ?? BagFor(doorId).Errands;
        }
    }
}
