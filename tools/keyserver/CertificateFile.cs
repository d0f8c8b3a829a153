using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DoorController.KeyServer.Store;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace DoorController.KeyServer;

/// <summary>The certificate of the server's TLS, from a PEM file that somebody renews: looked at again once a minute, when somebody connects.</summary>
/// <param name="path">PEM: the certificate, those that it hangs on, and its key.</param>
/// <param name="clock">The time.</param>
internal sealed class CertificateFile(string path, TimeProvider clock)
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private SslStreamCertificateContext _current = Load(path);
    private DateTime _written = File.GetLastWriteTimeUtc(path);
    private long _looked = clock.GetTimestamp();

    /// <summary>Reads the file.</summary>
    /// <exception cref="KeyServerException">It cannot be read, or is no certificate with its key.</exception>
    public static SslStreamCertificateContext Load(string path)
    {
        try
        {
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(path);
            return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(path), chain, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new KeyServerException(
                $"--certificate {path} is no certificate with its key ({e.Message.TrimEnd('.')})", "give one PEM file that holds both, such as: cat fullchain.pem privkey.pem > site.pem");
        }
    }

    /// <summary>Speaks TLS there.</summary>
    public void Use(ListenOptions listen) => listen.UseHttps(new TlsHandshakeCallbackOptions
    {
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = Current() }),
    });

    /// <summary>The newest that can be read. A file that is being written, or is none, leaves the one before it in force.</summary>
    public SslStreamCertificateContext Current()
    {
        lock (_lock)
        {
            if (clock.GetElapsedTime(_looked) < Between)
            {
                return _current;
            }

            _looked = clock.GetTimestamp();
            DateTime written = File.GetLastWriteTimeUtc(path);
            if (written != _written && TryLoad() is SslStreamCertificateContext renewed)
            {
                (_current, _written) = (renewed, written);
            }

            return _current;
        }
    }

    private SslStreamCertificateContext? TryLoad()
    {
        try
        {
            return Load(path);
        }
        catch (KeyServerException)
        {
            return null;
        }
    }
}
