using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DoorController.Issuer;

namespace DoorController.Sim.Site;

/// <summary>A person with an instant key, and the phone that holds what the link gave.</summary>
internal sealed class Guest
{
    private readonly string _token = Convert.ToHexString(RandomNumberGenerator.GetBytes(24));
    private readonly Dictionary<uint, PhoneKey> _keys = [];
    private readonly Dictionary<uint, List<byte[]>> _lists = [];
    private readonly Uri _link;

    /// <summary>Gives a person the doors, makes the instant key and opens its link.</summary>
    public Guest(SiteServer server, string name, IEnumerable<SiteDoor> doors, DateTimeOffset now)
    {
        Name = name;
        string id = server.AddPerson(name);
        foreach (IGrouping<int, SiteDoor> scope in doors.GroupBy(d => d.ScopeId))
        {
            server.GiveRight(id, scope.Key, scope.Select(d => d.Door.Id), now, now.AddDays(2));
        }

        JsonNode key = server.MakeKey(id);
        KeyId = key["instant_key_id"]!.GetValue<string>();
        _link = new Uri(key["instant_key_url"]!.GetValue<string>());
        Refresh(server);
    }

    /// <summary>Who.</summary>
    public string Name { get; }

    /// <summary>Id of the instant key.</summary>
    public string KeyId { get; }

    /// <summary>True once the key was deleted on the server.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>What the phone presents at a door; null when it holds nothing for it.</summary>
    public PhoneKey? KeyFor(uint doorId) => _keys.GetValueOrDefault(doorId);

    /// <summary>The lists that the phone carries for a door, each with that door's tag.</summary>
    public IReadOnlyList<byte[]> ListsFor(uint doorId) => _lists.GetValueOrDefault(doorId) ?? [];

    /// <summary>The phone is online: it asks again, which costs nothing, and takes the newest lists along.</summary>
    public void Refresh(SiteServer server)
    {
        JsonObject? redeemed = server.Redeem(_link, _token);
        if (redeemed == null)
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

        _lists.Clear();
        foreach (JsonNode? list in redeemed["lists"]!.AsArray())
        {
            byte[] body = Convert.FromBase64String(list!["body"]!.GetValue<string>());
            foreach (JsonNode? tag in list["tags"]!.AsArray())
            {
                uint id = tag!["door_id"]!.GetValue<uint>();
                _lists.TryAdd(id, []);
                _lists[id].Add([.. body, .. Convert.FromBase64String(tag["tag"]!.GetValue<string>())]);
            }
        }
    }
}
