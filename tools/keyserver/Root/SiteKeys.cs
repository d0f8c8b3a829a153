using System.Security.Cryptography;
using System.Text;
using DoorController.Issuer;

namespace DoorController.KeyServer.Root;

/// <summary>The site root while the server runs, and what only the key server derives from it.</summary>
public sealed class SiteKeys
{
    /// <summary>Bytes of a link code before it is written as text: 144 bits.</summary>
    public const int LinkBytes = 18;

    /// <summary>Characters of a link code.</summary>
    public const int LinkLength = 24;

    private readonly byte[] _linkKey;
    private readonly byte[] _webhookKey;

    /// <summary>Takes the root.</summary>
    public SiteKeys(SiteRoot root)
    {
        Root = root;
        _linkKey = HMACSHA256.HashData(root.Export(), "dc1linkk"u8);
        _webhookKey = HMACSHA256.HashData(root.Export(), "dc1hookk"u8);
    }

    /// <summary>Makes all keys of doors, scopes and credentials.</summary>
    public SiteRoot Root { get; }

    /// <summary>
    /// The code in an instant key's link. It is made anew whenever the link is shown, so the database, a backup of it or a thief of it
    /// has nothing but its hash.
    /// </summary>
    public string LinkCode(Guid instantKeyId) => Base64Url(
        HMACSHA256.HashData(_linkKey, Encoding.ASCII.GetBytes("dc1linkc" + instantKeyId)).AsSpan(0, LinkBytes));

    /// <summary>The key with which what a webhook is told is signed, 32 bytes. It is made anew whenever it is used: the database has nothing of it.</summary>
    public byte[] WebhookKey(string webhookId) => HMACSHA256.HashData(_webhookKey, Encoding.ASCII.GetBytes("dc1hookc" + webhookId));

    /// <summary>What the database keeps of a code, token or API key: all have at least 128 random bits, so one SHA-256 is enough.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>A new random secret of 32 bytes as 43 characters.</summary>
    public static string NewSecret() => Base64Url(RandomNumberGenerator.GetBytes(32));

    private static string Base64Url(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
