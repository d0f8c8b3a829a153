using System.Diagnostics;
using DoorController.Issuer;
using DoorController.KeyServer;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.Bench;

/// <summary>What a sync with nothing new costs over an empty endpoint of the same server, in slices that take turns in one run.</summary>
internal static class SyncBench
{
    private const int Doors = 1000;
    private const int Connections = 256;
    private const int Slices = 24;

    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(0.2);

    public static Task RunAsync() => BenchServer.OnBothAsync(MeasureAsync);

    private static async Task MeasureAsync(DatabaseKind kind, string name)
    {
        await using BenchServer server = await BenchServer.StartAsync(kind);
        await server.FillAsync(Doors);
        uint version = (uint)(await server.Site.Database.QueryAsync(s => s.NumberAsync("SELECT MAX(list_version) FROM scopes")) ?? 0);
        byte[][] bodies = [.. Enumerable.Range(1, Doors).Select(door => server.Request((uint)door, version).Seal(server.Site.Keys.Root))];
        byte[][] syncs = [.. bodies.Select(body => LoadClient.Post("/door/sync", body))];
        byte[][] empties = [.. bodies.Select(body => LoadClient.Post(BenchServer.Empty, body))];
        using LoadClient client = new(server.Address, Connections);
        Action<byte[]> isReply = body => Require(SyncReply.Open(server.Site.Keys.Root, body) is { Blobs.Count: 0, HasMore: false }, "a reply with nothing new");
        Action<byte[]> isNothing = body => Require(body.Length == 0, "an empty answer");
        await client.RunAsync(syncs, Slice * 8, isReply);
        await client.RunAsync(empties, Slice * 3, isNothing);
        server.RequestsPerRead(1);
        List<long> sync = [];
        List<long> empty = [];
        List<double> ratios = [];
        for (int slice = 0; slice < Slices; slice++)
        {
            List<long> first = await client.RunAsync(syncs, Slice, isReply);
            List<long> second = await client.RunAsync(empties, Slice, isNothing);
            ratios.Add((double)first.Count / second.Count);
            sync.AddRange(first);
            empty.AddRange(second);
        }

        ratios.Sort();
        Line.Print($"sync_ratio_{name}", (ratios[(Slices - 1) / 2] + ratios[Slices / 2]) / 2, "ratio");
        Line.Print($"sync_p99_ms_{name}", P99Ms(sync), "ms");
        Line.Print($"empty_p99_ms_{name}", P99Ms(empty), "ms");
        Line.Print($"sync_requests_per_read_{name}", server.RequestsPerRead(sync.Count), "requests");
        Line.Print($"sync_per_second_{name}", sync.Count / (Slice.TotalSeconds * Slices), "requests/s");
    }

    private static double P99Ms(List<long> ticks)
    {
        ticks.Sort();
        return ticks[ticks.Count * 99 / 100] * 1000.0 / Stopwatch.Frequency;
    }

    internal static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException("not so: " + what);
        }
    }
}
