#nullable enable
using System;
using System.IO;
using System.Net;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// One POST by HttpWebRequest (PLATFORM.md 3.2, 3.3): plain HTTP, because a TLS handshake stops the runtime without a time-out, and to an IPv4
    /// literal, because so does a name look-up. Both time-outs are set, the body is bounded, and the response is always disposed.
    /// </summary>
    public sealed class HttpPost
    {
        /// <summary>Most bytes of a body, either way.</summary>
        public const int MaxBytes = 4096;

        private readonly IClock _clock;
        private readonly string _server;

        /// <summary>Posts to one server.</summary>
        /// <param name="address">IPv4 address.</param>
        public HttpPost(IClock clock, string address, int port)
        {
            _clock = clock;
            _server = "http://" + address + ":" + port.ToString();
        }

        /// <summary>Sends the request and reads the answer into the same buffer. Blocks; throws whatever the network throws.</summary>
        /// <param name="buffer">Holds the request; <see cref="MaxBytes"/> long.</param>
        /// <param name="count">Bytes of the request.</param>
        /// <param name="answered">Bytes of the answer; −1 when it is too long or was cut short.</param>
        /// <returns>HTTP status.</returns>
        public int Send(string path, byte[] buffer, int count, out int answered)
        {
            HttpWebRequest request = Make(path, count);
            Stream? sent = null;
            try
            {
                // Closing the request's stream closes the socket that the answer comes by, so it is closed last.
                sent = request.GetRequestStream();
                sent.Write(buffer, 0, count);
                using HttpWebResponse response = (HttpWebResponse)request.GetResponse();
                answered = ReadBody(response, buffer);
                return (int)response.StatusCode;
            }
            finally
            {
                Close(sent);
                request.Dispose();
            }
        }

        private HttpWebRequest Make(string path, int count)
        {
            HttpWebRequest request = (HttpWebRequest)WebRequest.Create(_server + path);
            request.Method = "POST";
            request.ContentType = "application/octet-stream";
            request.ContentLength = count;
            request.KeepAlive = false;
            request.Timeout = Limits.HttpTimeoutMs;
            request.ReadWriteTimeout = Limits.HttpTimeoutMs;
            return request;
        }

        /// <summary>A socket that nobody closes is memory that nobody gets back; one that is closed already may complain.</summary>
        private static void Close(Stream? stream)
        {
            try
            {
                stream?.Dispose();
            }
            catch (Exception)
            {
                // Closed it is.
            }
        }

        private int ReadBody(HttpWebResponse response, byte[] buffer)
        {
            int length = (int)response.ContentLength;
            if (length < 0 || length > MaxBytes)
            {
                return -1;
            }

            long until = _clock.NowMs + Limits.HttpTimeoutMs;
            Stream stream = response.GetResponseStream();
            int got = 0;
            for (int read = 1; got < length && read > 0 && _clock.NowMs <= until; got += read)
            {
                read = stream.Read(buffer, got, length - got);
            }

            return got == length ? got : -1;
        }
    }
}
