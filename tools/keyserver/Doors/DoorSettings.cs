using System.Collections;
using System.Text.Json;
using DoorController.KeyServer.Requests;

namespace DoorController.KeyServer.Doors;

/// <summary>The installer's door.json within a registration, checked by the door's own rules: what is stored here must not shut the door there.</summary>
internal static class DoorSettings
{
    /// <summary>What a board reads of it at most.</summary>
    private const int MaxBytes = 1024;

    private const string Field = "settings";

    /// <summary>Notes what is wrong with it, and where it says something else than the registration.</summary>
    /// <param name="floors">What the registration says.</param>
    public static void Check(Parameters p, JsonElement? settings, int floors)
    {
        if (settings is not JsonElement given)
        {
            return;
        }

        if (System.Text.Encoding.UTF8.GetByteCount(given.GetRawText()) > MaxBytes)
        {
            p.Refuse(Field, $"wanted at most {MaxBytes} bytes: a board reads no more of its door.json");
            return;
        }

        Hashtable fields = [];
        foreach (JsonProperty field in given.EnumerateObject())
        {
            fields.Add(field.Name, Value(field.Value));
        }

        Settings read = SettingsFields.Read(fields, MaxFloors);
        if (read.IsSafeState)
        {
            p.Refuse(Field, read.SafeReason);
        }
        else if (fields.ContainsKey("floors") && read.Floors != floors)
        {
            p.Refuse("floors", $"wanted {read.Floors}, as the settings say: with another number here than on the board nothing opens");
        }
    }

    private const int MaxFloors = 64;

    /// <summary>A value as the board's parser gives it: whole numbers and text; anything else is none of the two.</summary>
    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt32(out int number) => number,
        JsonValueKind.String => value.GetString(),
        _ => null,
    };
}
