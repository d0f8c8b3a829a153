using System.Text.Json;
using DoorController.KeyServer.Grants;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>The parameters of requests about access grants.</summary>
internal static class GrantParameters
{
    private const int MaxUses = 1000;

    /// <summary>Reads what is asked for; what is wrong with it is noted there. A time that is missing is now.</summary>
    public static Func<Session, GrantWish> Wish(Parameters p)
    {
        IReadOnlyList<string> entrances = p.Ids("acs_entrance_ids", GrantBook.MaxEntrances) ?? [];
        IReadOnlyList<string> spaces = p.Ids("space_ids", GrantBook.MaxSpaces) ?? [];
        long? starts = p.TimeUs("starts_at") / 1_000_000;
        long? ends = p.TimeUs("ends_at") / 1_000_000;
        string? key = p.Text("access_grant_key", max: 100);
        string? name = p.Text("name", max: 100);
        string? profile = p.Id("customization_profile_id")?.ToString();
        RefuseDevices(p);
        if (entrances.Count + spaces.Count == 0)
        {
            p.Refuse("acs_entrance_ids", "wanted at least one entrance, or one of space_ids");
        }

        return s => new GrantWish(entrances, spaces, Start(s, starts), End(s, Start(s, starts), ends), key, name, profile);
    }

    /// <summary>Seam's doors may be devices too; here they are entrances alone.</summary>
    public static void RefuseDevices(Parameters p)
    {
        if (p.Texts("device_ids", GrantBook.MaxEntrances) is { Count: > 0 })
        {
            p.Refuse("device_ids", "there are no devices here: doors are entrances");
        }
    }

    /// <summary>The end of a grant that begins then: one that is over, or before the start, opens nothing.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static uint? End(Session s, uint starts, long? ends) => ends switch
    {
        null when starts + GrantBook.MaxLifeS <= s.NowS =>
            throw ApiException.Invalid("starts_at", $"wanted a time less than {GrantBook.MaxYears} years ago, or ends_at beside it"),
        null => null,
        _ when ends <= s.NowS => throw ApiException.Invalid("ends_at", "wanted a time that is not yet over; /access_grants/delete ends a grant at once"),
        _ when ends <= starts || ends - starts > GrantBook.MaxLifeS =>
            throw ApiException.Invalid("ends_at", $"wanted a time behind starts_at, {GrantBook.MaxYears} years at most"),
        _ => (uint)ends,
    };

    /// <summary>Reads the access methods that are asked for: for each, how many phones may redeem its link.</summary>
    public static List<long> Methods(Parameters p)
    {
        List<long> uses = [];
        IReadOnlyList<JsonElement> items = p.Items("requested_access_methods", JsonValueKind.Object, GrantBook.MaxMethods, required: true) ?? [];
        if (p.Has("requested_access_methods") && items.Count == 0)
        {
            p.Refuse("requested_access_methods", $"wanted 1 to {GrantBook.MaxMethods} objects such as {{\"mode\": \"{AccessGrantShape.MobileKey}\"}}");
        }

        foreach (JsonElement item in items)
        {
            uses.Add(Uses(p, item));
        }

        return uses;
    }

    /// <summary>Reads an object within the parameters as parameters of its own: what is wrong with it is named with both names.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static T Within<T>(string name, JsonElement value, Func<Parameters, T> read)
    {
        Parameters inner = new(value.EnumerateObject().ToDictionary(property => property.Name, property => property.Value), isQuery: false);
        try
        {
            T result = read(inner);
            inner.Check();
            return result;
        }
        catch (ApiException e) when (e.Fields != null)
        {
            throw ApiException.Invalid(e.Fields.ToDictionary(field => $"{name}.{field.Key}", field => field.Value));
        }
    }

    private static uint Start(Session s, long? starts) => (uint)(starts ?? s.NowS);

    private static long Uses(Parameters p, JsonElement item)
    {
        try
        {
            return Within("requested_access_methods", item, inner =>
            {
                string? mode = inner.Text("mode", required: true);
                if (mode is not (null or AccessGrantShape.MobileKey))
                {
                    inner.Refuse("mode", $"this server issues {AccessGrantShape.MobileKey} and no other mode: its doors have no reader for cards and no keypad");
                }

                return inner.Number("instant_key_max_use_count", 1, MaxUses) ?? 1;
            });
        }
        catch (ApiException e) when (e.Fields != null)
        {
            foreach ((string field, List<string> wanted) in e.Fields)
            {
                wanted.ForEach(text => p.Refuse(field, text));
            }

            return 1;
        }
    }
}
