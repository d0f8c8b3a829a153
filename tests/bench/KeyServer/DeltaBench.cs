using System.Diagnostics;
using DoorController.Issuer;
using DoorController.KeyServer;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using DoorController.Wire;

namespace DoorController.Bench;

/// <summary>
/// Time of a sync that brings a revocation, with 100,000 doors and 1,000,000 keys in the database over 1,000 and 10,000. The door has asked
/// before, as doors do every minute; then comes a revocation in its scope, so nothing of the list is in memory. For the long run: filling takes its time.
/// </summary>
internal static class DeltaBench
{
    private const int Rounds = 400;

    public static async Task RunAsync()
    {
        await using BenchServer small = await BenchServer.StartAsync(DatabaseKind.Sqlite);
        await using BenchServer large = await BenchServer.StartAsync(DatabaseKind.Sqlite);
        await small.FillAsync(1_000);
        await large.FillAsync(100_000);
        List<long> smallTimes = [];
        List<long> largeTimes = [];
        using HttpClient http = new();
        for (uint round = 0; round < Rounds; round++)
        {
            long first = await MeasureAsync(http, small, 1_000, round);
            long second = await MeasureAsync(http, large, 100_000, round);
            if (round >= Rounds / 4)
            {
                smallTimes.Add(first);
                largeTimes.Add(second);
            }
        }

        Line.Print("delta_cost_ratio", (double)Median(largeTimes) / Median(smallTimes), "ratio");
        Line.Print("delta_ms_100000_doors", Median(largeTimes) * 1000.0 / Stopwatch.Frequency, "ms");
    }

    private static async Task<long> MeasureAsync(HttpClient http, BenchServer server, uint doors, uint round)
    {
        uint door = (uint)((round * 7919L * BenchServer.DoorsOfScope) % doors) + 1;
        int scope = BenchServer.ScopeOf(door);
        uint before = (uint)(await server.Site.Database.QueryAsync(
            s => s.NumberAsync("SELECT list_version FROM scopes WHERE scope_id = @scope", ("scope", scope))) ?? 0);
        await PostAsync(http, server, server.Request(door, before));
        uint number = (round % BenchServer.KeysOfScope) + 1;
        await server.Site.Database.WriteAsync(async s =>
        {
            await KeyNumbers.RevokeInstantKeyAsync(s, Guid.Empty.ToString(), $"{scope}:{number}", isForGood: false);
            return 0;
        });
        (SyncReply? reply, long took) = await PostAsync(http, server, server.Request(door, before));
        SyncBench.Require(reply?.Blobs.Count == 1 && Bytes.U32(reply.Blobs[0], ListBody.Base) == before, "the delta of one revocation");
        return took;
    }

    private static async Task<(SyncReply? Reply, long Took)> PostAsync(HttpClient http, BenchServer server, SyncRequest request)
    {
        using ByteArrayContent content = new(request.Seal(server.Site.Keys.Root));
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await http.PostAsync(new Uri($"http://{server.Address}/door/sync"), content);
        byte[] answer = await response.Content.ReadAsByteArrayAsync();
        return (SyncReply.Open(server.Site.Keys.Root, answer), Stopwatch.GetTimestamp() - start);
    }

    private static long Median(List<long> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }
}
