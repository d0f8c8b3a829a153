using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoorController.KeyServer.Store;

namespace DoorController.Bench;

/// <summary>Access grants beside instant keys without one: 200 doors in four banks, 2,000 of each in turns, one request after another.</summary>
internal static class GrantBench
{
    private const int Doors = 200;
    private const int Rounds = 2000;
    private const int WarmUp = 100;

    public static Task RunAsync() => BenchServer.OnBothAsync(MeasureAsync);

    private static async Task MeasureAsync(DatabaseKind kind, string name)
    {
        await using BenchServer server = await BenchServer.StartAsync(kind);
        using HttpClient http = new() { BaseAddress = new Uri($"http://{server.Address}") };
        http.DefaultRequestHeaders.Authorization = new("Bearer", server.ApiKey);
        await FillAsync(http);
        JsonArray entrances = (await PostAsync(http, "/acs/entrances/list", [])).Answer["acs_entrances"]!.AsArray();
        string person = (await PostAsync(http, "/user_identities/create", [])).Answer["user_identity"]!["user_identity_id"]!.GetValue<string>();
        long grants = 0;
        long keys = 0;
        for (int i = -WarmUp; i < Rounds; i++)
        {
            string entrance = entrances[(i + WarmUp) % Doors]!["acs_entrance_id"]!.GetValue<string>();
            long grant = (await PostAsync(http, "/access_grants/create", new JsonObject
            {
                ["user_identity"] = new JsonObject { ["full_name"] = "Guest" },
                ["acs_entrance_ids"] = new JsonArray(entrance),
                ["requested_access_methods"] = new JsonArray(new JsonObject { ["mode"] = "mobile_key" }),
            })).Took;
            (JsonObject made, long key) = await PostAsync(http, "/user_identities/generate_instant_key", new JsonObject { ["user_identity_id"] = person });
            await PostAsync(http, "/instant_keys/delete", new JsonObject { ["instant_key_id"] = made["instant_key"]!["instant_key_id"]!.GetValue<string>() });
            grants += i < 0 ? 0 : grant;
            keys += i < 0 ? 0 : key;
        }

        Line.Print($"grants_per_s_{name}", Rounds / Stopwatch.GetElapsedTime(0, grants).TotalSeconds, "grants/s");
        Line.Print($"instant_keys_per_s_{name}", Rounds / Stopwatch.GetElapsedTime(0, keys).TotalSeconds, "keys/s");
        Line.Print($"grant_cost_ratio_{name}", (double)grants / keys, "ratio");
    }

    private static async Task FillAsync(HttpClient http)
    {
        int bank = 0;
        for (int i = 0; i < Doors; i++)
        {
            if (i % BenchServer.DoorsOfScope == 0)
            {
                JsonObject scope = (await PostAsync(http, "/scopes/create", new JsonObject { ["name"] = $"bank {i}" })).Answer;
                bank = scope["scope"]!["scope_id"]!.GetValue<int>();
            }

            await PostAsync(http, "/doors/register", new JsonObject { ["name"] = $"DOOR {i}", ["scope_ids"] = new JsonArray(bank) });
        }
    }

    private static async Task<(JsonObject Answer, long Took)> PostAsync(HttpClient http, string path, JsonObject body)
    {
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await http.PostAsJsonAsync(path, body, JsonSerializerOptions.Web);
        JsonObject answer = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        long took = Stopwatch.GetTimestamp() - start;
        SyncBench.Require(response.IsSuccessStatusCode, $"{path}: {answer.ToJsonString()}");
        return (answer, took);
    }
}
