using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using DoorController.Issuer;
using DoorController.KeyServer.Redeem;
using Microsoft.Extensions.Primitives;

namespace DoorController.KeyServer.Page;

/// <summary>The guest's page: its files, which are in the program, and the headers that keep a link's code and every other host out of it.</summary>
internal static partial class PageFiles
{
    /// <summary>No script but the page's own, no other host, no frame around it.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Prefix = "page/";
    private const string Index = "index.html";
    private const string Worker = "sw.js";

    private static readonly Dictionary<string, byte[]> Files = ReadAll();

    private static readonly Dictionary<string, string> Tags = Files.ToDictionary(file => file.Key, file => $"\"{Convert.ToHexString(SHA256.HashData(file.Value), 0, 8)}\"");

    /// <summary>Names of the files that are served.</summary>
    public static IEnumerable<string> Names => Files.Keys.Order(StringComparer.Ordinal);

    /// <summary>Serves every file beside the links, and the page itself where a link without its code leads.</summary>
    public static void Map(WebApplication app)
    {
        app.MapMethods(LinkAddress.Path, ["GET"], http => WriteAsync(http, Index));
        app.MapMethods(LinkAddress.Path + "{code}", ["GET"], OpenLinkAsync);
        foreach (string name in Files.Keys.Where(n => n != Index))
        {
            app.MapMethods(LinkAddress.Path + name, ["GET"], http => WriteAsync(http, name));
        }
    }

    /// <summary>What a file holds as it is served.</summary>
    public static byte[] Read(string name) => Files[name];

    /// <summary>A browser gets the page, whatever the code is worth; a program is told how to redeem.</summary>
    private static Task OpenLinkAsync(HttpContext http)
    {
        http.Response.Headers.Vary = "Accept";
        bool isBrowser = http.Request.Headers.Accept.Any(a => a?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);
        return isBrowser ? WriteAsync(http, Index) : RedeemRoutes.OpenAsync(http);
    }

    private static Task WriteAsync(HttpContext http, string name)
    {
        byte[] bytes = Files[name];
        IHeaderDictionary headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        RedeemRoutes.Hide(http);
        headers["Permissions-Policy"] = "bluetooth=(self)";
        headers.CacheControl = name == Index ? "no-store" : "no-cache";
        StringValues tag = Tags[name];
        headers.ETag = tag;
        if (name != Index && http.Request.Headers.IfNoneMatch == tag)
        {
            http.Response.StatusCode = 304;
            return Task.CompletedTask;
        }

        http.Response.ContentType = ContentType(name);
        http.Response.ContentLength = bytes.Length;
        return http.Response.Body.WriteAsync(bytes, 0, bytes.Length, http.RequestAborted);
    }

    private static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/manifest+json",
    };

    private static Dictionary<string, byte[]> ReadAll()
    {
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
        foreach (string resource in typeof(PageFiles).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using Stream stream = typeof(PageFiles).Assembly.GetManifestResourceStream(resource)!;
            using MemoryStream copy = new();
            stream.CopyTo(copy);
            string name = resource[Prefix.Length..];
            files[name] = Path.GetExtension(name) is ".js" or ".css" ? WithoutComments(copy.ToArray()) : copy.ToArray();
        }

        files[Worker] = Complete(files);
        return files;
    }

    /// <summary>Comments that have lines of their own stay here: a phone on a lobby's network waits for every kilobyte.</summary>
    private static byte[] WithoutComments(byte[] file) => Encoding.UTF8.GetBytes(Comment().Replace(Encoding.UTF8.GetString(file), string.Empty));

    [GeneratedRegex(@"^[ \t]*(//.*|/\*[\s\S]*?\*/[ \t]*)\n", RegexOptions.Multiline)]
    private static partial Regex Comment();

    /// <summary>The service worker names every file and the version of all, so that a new server brings its page to every phone.</summary>
    private static byte[] Complete(Dictionary<string, byte[]> files)
    {
        string[] names = [.. files.Keys.Where(n => n is not Worker and not Index).Order(StringComparer.Ordinal)];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in names.Append(Index).Append(Worker))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(files[name]);
        }

        string version = Convert.ToHexString(hash.GetHashAndReset(), 0, 8);
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(files[Worker])
            .Replace("{version}", version, StringComparison.Ordinal)
            .Replace("/*{files}*/", string.Join(", ", names.Select(n => $"'{n}'")), StringComparison.Ordinal));
    }
}
