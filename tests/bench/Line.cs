using System.Globalization;

namespace DoorController.Bench;

/// <summary>Prints the lines that .ci/limits reads.</summary>
internal static class Line
{
    public static void Print(string name, double value, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value:0.###} {unit}"));
}
