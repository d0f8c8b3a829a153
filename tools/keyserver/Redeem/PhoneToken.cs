using System.Globalization;
using DoorController.KeyServer.Requests;

namespace DoorController.KeyServer.Redeem;

/// <summary>The secret by which a phone names itself: of its own choice, or the cookie that it was given.</summary>
internal static class PhoneToken
{
    /// <summary>Name of the cookie.</summary>
    public const string Cookie = "door_session";

    private const int MinLength = 32;
    private const int MaxLength = 128;

    /// <summary>A phone that names itself loses nothing with a lost answer: without a name each try would be another use of the link.</summary>
    /// <exception cref="ApiException">400: there is none, or it could be guessed.</exception>
    public static string Find(HttpContext http)
    {
        string? token = http.Request.Headers.Authorization.Count > 0 ? ApiKeys.Bearer(http) : http.Request.Cookies[Cookie];
        if (token?.Length is >= MinLength and <= MaxLength && token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            return token;
        }

        throw ApiException.Invalid(
            "Authorization",
            string.Create(CultureInfo.InvariantCulture, $"wanted Bearer and a random token of {MinLength} to {MaxLength} letters, digits, - and _, or the cookie {Cookie} of an answer"));
    }
}
