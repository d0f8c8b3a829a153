using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DoorController.Bench;

/// <summary>
/// Sends prepared requests over connections that stay open, one at a time on each, and looks at every answer. It does as little as a client can, so
/// that what is measured is the server.
/// </summary>
internal sealed class LoadClient : IDisposable
{
    private readonly Socket[] _sockets;
    private readonly byte[][] _buffers;

    private static readonly byte[] EndOfHeaders = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] Good = "HTTP/1.1 200 "u8.ToArray();

    /// <summary>Every so many answers are given to the check.</summary>
    private const int CheckEvery = 500;

    /// <summary>Opens all connections.</summary>
    public LoadClient(IPEndPoint address, int connections)
    {
        _sockets = [.. Enumerable.Range(0, connections).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })];
        _buffers = [.. _sockets.Select(_ => new byte[8192])];
        foreach (Socket socket in _sockets)
        {
            socket.Connect(address);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }
    }

    /// <summary>A whole POST.</summary>
    public static byte[] Post(string path, byte[] body) =>
        [.. Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];

    /// <summary>Sends for a while.</summary>
    /// <param name="requests">Whole requests; each connection goes round them.</param>
    /// <param name="check">Told some of the bodies.</param>
    /// <returns>Time of each answer in ticks of <see cref="Stopwatch"/>.</returns>
    public async Task<List<long>> RunAsync(byte[][] requests, TimeSpan time, Action<byte[]> check)
    {
        long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        List<long>[] all = await Task.WhenAll(Enumerable.Range(0, _sockets.Length).Select(i => Task.Run(() => SendAsync(requests, i, end, check))));
        return [.. all.SelectMany(times => times)];
    }

    private async Task<List<long>> SendAsync(byte[][] requests, int first, long end, Action<byte[]> check)
    {
        Socket socket = _sockets[first];
        byte[] buffer = _buffers[first];
        List<long> times = [];
        long start;
        for (int i = first; (start = Stopwatch.GetTimestamp()) < end; i++)
        {
            await socket.SendAsync(requests[i % requests.Length]);
            Memory<byte> body = await ReceiveAsync(socket, buffer);
            times.Add(Stopwatch.GetTimestamp() - start);
            if (i % CheckEvery == 0)
            {
                check(body.ToArray());
            }
        }

        return times;
    }

    private static async Task<Memory<byte>> ReceiveAsync(Socket socket, byte[] buffer)
    {
        int length = 0;
        while (true)
        {
            int read = await socket.ReceiveAsync(buffer.AsMemory(length));
            length += read > 0 ? read : throw new InvalidOperationException("the server hung up");
            int headers = buffer.AsSpan(0, length).IndexOf(EndOfHeaders);
            if (headers < 0)
            {
                continue;
            }

            if (!buffer.AsSpan().StartsWith(Good))
            {
                throw new InvalidOperationException(Encoding.ASCII.GetString(buffer, 0, headers));
            }

            int body = headers + EndOfHeaders.Length;
            int count = ContentLength(buffer.AsSpan(0, headers));
            if (length >= body + count)
            {
                return buffer.AsMemory(body, count);
            }
        }
    }

    private static int ContentLength(ReadOnlySpan<byte> headers)
    {
        ReadOnlySpan<byte> name = "Content-Length: "u8;
        int at = headers.IndexOf(name) + name.Length;
        int count = 0;
        while (at < headers.Length && headers[at] is >= (byte)'0' and <= (byte)'9')
        {
            count = (count * 10) + headers[at++] - '0';
        }

        return count;
    }
}
