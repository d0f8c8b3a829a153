using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Requests;

/// <summary>Names every request and gives every failure the one error shape. What is logged of a failure is its type and the request's id: never a path, a header or a body.</summary>
/// <param name="next">The rest.</param>
/// <param name="log">Where failures are told.</param>
internal sealed partial class RequestShape(RequestDelegate next, ILogger<RequestShape> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        string id = Guid.NewGuid().ToString();
        http.Response.Headers[Api.RequestIdHeader] = id;
        try
        {
            await next(http);
            await RefuseWithoutRouteAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client went away: nobody reads an answer.
        }
        catch (Exception e)
        {
            await FailAsync(http, e as ApiException ?? Refusal(e, id));
        }
    }

    /// <summary>What is answered for a failure, which is logged where it is the server's.</summary>
    private ApiException Refusal(Exception e, string id)
    {
        switch (e)
        {
            case BadHttpRequestException { StatusCode: 413 }:
                return new ApiException(413, "payload_too_large", $"body: wanted at most {Api.MaxRequestBytes} bytes");
            case BadHttpRequestException bad:
                return new ApiException(bad.StatusCode, "invalid_request", "the request is no whole HTTP request");
            case KeyServerException:
                Stopped(log, id, e.Message);
                return new ApiException(503, "server_not_ready", "the server may not go on; its log has the request's id");
        }

        Failed(log, id, StorageFailure.Name(e), Where(e));
        return StorageFailure.IsFull(e)
            ? new ApiException(503, "disk_full", "the server's disk is full: nothing was changed; try again when there is room") { RetryAfterS = 60 }
            : e is System.Data.Common.DbException database && StorageFailure.MayPass(database)
            ? new ApiException(503, "database_unavailable", "the database does not answer: try again") { RetryAfterS = 5 }
            : new ApiException(500, "internal_error", "the server failed; its log has the request's id");
    }

    /// <summary>The first frame of this program, for whoever repairs it.</summary>
    private static string Where(Exception e) => e.StackTrace?.Split('\n')
        .FirstOrDefault(line => line.Contains("DoorController.", StringComparison.Ordinal))?.Trim() ?? "unknown place";

    /// <summary>What no route took has a status and no body.</summary>
    private static async Task RefuseWithoutRouteAsync(HttpContext http)
    {
        if (!http.Response.HasStarted && http.Response.StatusCode is 404 or 405 && http.Response.ContentLength is null)
        {
            bool isMethod = http.Response.StatusCode == 405;
            await FailAsync(http, new ApiException(
                http.Response.StatusCode, isMethod ? "method_not_allowed" : "route_not_found", isMethod ? "this route wants another method" : "no such route"));
        }
    }

    private static async Task FailAsync(HttpContext http, ApiException e)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        if (e.RetryAfterS > 0)
        {
            http.Response.Headers.RetryAfter = e.RetryAfterS.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await Api.WriteAsync(http, e.Status, new { error = Shape(e) });
    }

    private static Dictionary<string, object> Shape(ApiException e)
    {
        Dictionary<string, object> error = new() { ["type"] = e.Type, ["message"] = e.Message };
        if (e.Fields != null)
        {
            Dictionary<string, object> fields = new() { ["_errors"] = Array.Empty<string>() };
            foreach ((string name, List<string> wanted) in e.Fields)
            {
                fields[name] = new Dictionary<string, object> { ["_errors"] = wanted };
            }

            error["validation_errors"] = fields;
        }

        return error;
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "request {Id} refused: {Problem}")]
    private static partial void Stopped(ILogger log, string id, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "request {Id} failed: {Problem} {Where}")]
    private static partial void Failed(ILogger log, string id, string problem, string where);
}
