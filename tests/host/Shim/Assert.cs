using System;
using System.Collections;
using MsTest = Microsoft.VisualStudio.TestTools.UnitTesting;

namespace nanoFramework.TestFramework;

/// <summary>The device's assertions that the portable tests use, on MSTest's. Same names, same order of arguments.</summary>
public static class Assert
{
    /// <summary>Values are equal.</summary>
    public static void AreEqual(bool expected, bool actual, string message = "") => MsTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Values are equal.</summary>
    public static void AreEqual(int expected, int actual, string message = "") => MsTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Values are equal.</summary>
    public static void AreEqual(uint expected, uint actual, string message = "") => MsTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Values are equal.</summary>
    public static void AreEqual(long expected, long actual, string message = "") => MsTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Values are equal.</summary>
    public static void AreEqual(ulong expected, ulong actual, string message = "") => MsTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Texts are equal.</summary>
    public static void AreEqual(string expected, string? actual, string message = "") => MsTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Values differ.</summary>
    public static void AreNotEqual(int notExpected, int actual, string message = "") =>
        MsTest.Assert.AreNotEqual(notExpected, actual, message);

    /// <summary>Values differ.</summary>
    public static void AreNotEqual(uint notExpected, uint actual, string message = "") =>
        MsTest.Assert.AreNotEqual(notExpected, actual, message);

    /// <summary>Values differ.</summary>
    public static void AreNotEqual(ulong notExpected, ulong actual, string message = "") =>
        MsTest.Assert.AreNotEqual(notExpected, actual, message);

    /// <summary>Texts differ.</summary>
    public static void AreNotEqual(string notExpected, string? actual, string message = "") =>
        MsTest.Assert.AreNotEqual(notExpected, actual, message);

    /// <summary>Both are one object.</summary>
    public static void AreSame(object expected, object? actual, string message = "") => MsTest.Assert.AreSame(expected, actual, message);

    /// <summary>They are two objects.</summary>
    public static void AreNotSame(object notExpected, object? actual, string message = "") =>
        MsTest.Assert.AreNotSame(notExpected, actual, message);

    /// <summary>The condition holds.</summary>
    public static void IsTrue(bool condition, string message = "") => MsTest.Assert.IsTrue(condition, message);

    /// <summary>The condition does not hold.</summary>
    public static void IsFalse(bool condition, string message = "") => MsTest.Assert.IsFalse(condition, message);

    /// <summary>There is nothing.</summary>
    public static void IsNull(object? value, string message = "") => MsTest.Assert.IsNull(value, message);

    /// <summary>There is something.</summary>
    public static void IsNotNull([System.Diagnostics.CodeAnalysis.NotNull] object? value, string message = "") =>
        MsTest.Assert.IsNotNull(value, message);

    /// <summary>The action throws exactly this.</summary>
    public static void ThrowsException(Type exceptionType, Action action, string message = "")
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            MsTest.Assert.AreEqual(exceptionType, error.GetType(), message);
            return;
        }

        MsTest.Assert.Fail($"nothing was thrown; wanted {exceptionType.Name}. {message}");
    }

    /// <summary>The text holds this part.</summary>
    public static void Contains(string expected, string value, string message = "") =>
        MsTest.Assert.IsTrue(value.Contains(expected, StringComparison.Ordinal), $"'{expected}' is not in '{value}'. {message}");

    /// <summary>The text begins so.</summary>
    public static void StartsWith(string expected, string value, string message = "") =>
        MsTest.Assert.IsTrue(value.StartsWith(expected, StringComparison.Ordinal), $"'{value}' does not begin with '{expected}'. {message}");

    /// <summary>The test does not apply here.</summary>
    public static void SkipTest(string? message = null) => MsTest.Assert.Inconclusive(message ?? "");
}

/// <summary>The device's assertions on collections.</summary>
public static class CollectionAssert
{
    /// <summary>Same elements in the same order.</summary>
    public static void AreEqual(ICollection expected, ICollection actual, string message = "") =>
        MsTest.CollectionAssert.AreEqual(expected, actual, message);

    /// <summary>Not the same elements in the same order.</summary>
    public static void AreNotEqual(ICollection notExpected, ICollection actual, string message = "") =>
        MsTest.CollectionAssert.AreNotEqual(notExpected, actual, message);
}

/// <summary>Prints into the test run.</summary>
public static class OutputHelper
{
    /// <summary>Prints one line.</summary>
    public static void WriteLine(string message) => Console.WriteLine(message);
}
