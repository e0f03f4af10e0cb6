package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/collect"
)

func (s *Server) serveImports() {
	// An upload is as large as it is, so it is read as it comes and not by huma.
	s.mux.HandleFunc("POST /api/v1/uploads", s.upload)
	handle(s, route{id: "inspect-upload", method: http.MethodPost, path: "/uploads/{id}/inspect", scope: access.DataWrite,
		summary: "Look at a file and propose a mapping"}, s.inspect)
	handle(s, route{id: "start-import", method: http.MethodPost, path: "/imports", scope: access.DataWrite,
		summary: "Import an uploaded file, or try it out; the answer is a job", status: http.StatusAccepted, body: 8 << 20}, s.startImport)
	handle(s, route{id: "list-import-targets", method: http.MethodGet, path: "/imports/targets", scope: access.DataRead,
		summary: "List the kinds of files that can be imported, with their fields"}, s.listTargets)
	handle(s, route{id: "undo-import", method: http.MethodPost, path: "/imports/{id}/undo", scope: access.DataWrite,
		summary: "Take an import back as if the file had never been imported, or tell what that would remove; the id is that of the import's job",
		status:  http.StatusAccepted}, s.undoImport)
	handle(s, route{id: "get-rejects", method: http.MethodGet, path: "/uploads/{id}/rejects", scope: access.DataWrite, looks: true,
		summary: "Download the rejected rows with the reasons, to be mended and imported again"}, s.getRejects)
	handle(s, route{id: "list-mappings", method: http.MethodGet, path: "/mappings", scope: access.DataRead, summary: "List saved mappings"}, s.listMappings)
	handle(s, route{id: "put-mapping", method: http.MethodPut, path: "/mappings/{name}", scope: access.DataWrite,
		summary: "Save a mapping for files of the same form", body: 8 << 20}, s.putMapping)
	handle(s, route{id: "rename-mapping", method: http.MethodPost, path: "/mappings/{name}/rename", scope: access.DataWrite,
		summary: "Give a saved mapping another name"}, s.renameMapping)
	handle(s, route{id: "delete-mapping", method: http.MethodDelete, path: "/mappings/{name}", scope: access.DataWrite,
		summary: "Remove a saved mapping", status: http.StatusNoContent}, s.deleteMapping)
}

// upload takes a file in: as the part "file" of a form, or as the body with its name in
// the query.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	v, err := s.visit(r.Context(), r.Header.Get, []access.Scope{access.DataWrite})
	if err == nil {
		err = s.cfg.System.Room()
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	name, file, err := uploaded(r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	upload, err := s.cfg.Imports.Add(name, file)
	ctx := context.WithValue(r.Context(), visitorKey{}, v)
	ctx = context.WithValue(ctx, entryKey{}, &access.AuditEntry{Action: "upload", Object: "uploads/" + upload.ID})
	_ = s.record(ctx, err) // it has been logged
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(upload) // the client may have gone
}

func uploaded(r *http.Request) (string, io.Reader, error) {
	form, err := r.MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		return r.URL.Query().Get("name"), r.Body, nil
	}
	if err != nil {
		return "", nil, hitori.NewError(hitori.Invalid, "upload_missing").Because(err)
	}
	for {
		var part *multipart.Part
		if part, err = form.NextPart(); err != nil {
			return "", nil, hitori.NewError(hitori.Invalid, "upload_missing").Because(err)
		}
		if part.FormName() == "file" {
			return part.FileName(), part, nil
		}
	}
}

type inspectInput struct {
	ID   string `path:"id"`
	Body struct {
		collect.ReadOptions
		Target string `json:"target,omitempty" doc:"What the rows are, when it is known: customers, orders …"`
	}
}

type inspectOutput struct {
	collect.Inspection
	// Problem is what the mapping still lacks.
	Problem *Problem `json:"problem,omitempty"`
}

func (s *Server) inspect(ctx context.Context, in *inspectInput) (*body[inspectOutput], error) {
	inspection, err := s.cfg.Imports.Inspect(ctx, in.ID, in.Body.ReadOptions, in.Body.Target)
	if err != nil {
		return nil, err
	}
	out := inspectOutput{Inspection: inspection}
	if inspection.Problem != nil {
		out.Problem = s.problem(ctx, inspection.Problem)
	}
	return &body[inspectOutput]{out}, nil
}

// ImportTarget is a kind of file with what it is called.
type ImportTarget struct {
	collect.ImportTarget
	Title  string        `json:"title" doc:"In the language of the request"`
	Fields []ImportField `json:"fields"`
}

// ImportField is a field of a kind of file with what it is called.
type ImportField struct {
	collect.ImportField
	Title string `json:"title" doc:"In the language of the request"`
}

type targetsOutput struct {
	Targets []ImportTarget `json:"targets"`
}

func (s *Server) listTargets(ctx context.Context, _ *struct{}) (*body[targetsOutput], error) {
	title := func(key string) string { return s.cfg.Texts.Text(visitorOf(ctx).language, key, nil) }
	var out targetsOutput
	for _, target := range collect.ImportTargets() {
		shown := ImportTarget{ImportTarget: target, Title: title("import.target." + target.Name)}
		for _, field := range target.Fields {
			shown.Fields = append(shown.Fields, ImportField{field, title("import.field." + field.Name)})
		}
		out.Targets = append(out.Targets, shown)
	}
	return &body[targetsOutput]{out}, nil
}

type importInput struct{ Body collect.ImportRequest }

func (s *Server) startImport(ctx context.Context, in *importInput) (*body[Job], error) {
	in.Body.Language = string(visitorOf(ctx).language)
	job, err := s.cfg.Imports.Start(ctx, in.Body, actor(ctx))
	touches(ctx, "jobs/"+job.ID, "")
	return &body[Job]{s.newJob(ctx, job)}, err
}

type undoImportInput struct {
	ID   string `path:"id"`
	Body struct {
		DryRun bool `json:"dry_run,omitempty" doc:"Only tell what would be removed"`
	}
}

type undoImportOutput struct {
	Status int
	Body   struct {
		// Preview is there in a dry run, Job otherwise.
		Preview *collect.UndoPreview `json:"preview,omitempty" doc:"What would be removed; only in a dry run"`
		Job     *Job                 `json:"job,omitempty" doc:"The job that does it; not in a dry run"`
	}
}

func (s *Server) undoImport(ctx context.Context, in *undoImportInput) (*undoImportOutput, error) {
	out := &undoImportOutput{Status: http.StatusOK}
	if in.Body.DryRun {
		touches(ctx, "imports/"+in.ID, "dry run")
		preview, err := s.cfg.Imports.PreviewUndo(ctx, in.ID)
		out.Body.Preview = &preview
		return out, err
	}
	job, err := s.cfg.Imports.Undo(ctx, in.ID, actor(ctx))
	touches(ctx, "imports/"+in.ID, "jobs/"+job.ID)
	shown := s.newJob(ctx, job)
	out.Status, out.Body.Job = http.StatusAccepted, &shown
	return out, err
}

func (s *Server) getRejects(ctx context.Context, in *jobInput) (*huma.StreamResponse, error) {
	file, err := s.cfg.Imports.Rejects(in.ID)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer file.Close()
		c.SetHeader("Content-Type", "text/csv; charset=utf-8")
		c.SetHeader("Content-Disposition", `attachment; filename="rejects.csv"`)
		_, _ = io.Copy(c.BodyWriter(), file) // the client may have gone
	}}, nil
}

type mappingsOutput struct {
	Mappings []collect.Mapping `json:"mappings"`
}

func (s *Server) listMappings(ctx context.Context, _ *struct{}) (*body[mappingsOutput], error) {
	list, err := s.cfg.Imports.Mappings(ctx)
	return &body[mappingsOutput]{mappingsOutput{list}}, err
}

type mappingInput struct {
	Name string `path:"name"`
	Body collect.Mapping
}

func (s *Server) putMapping(ctx context.Context, in *mappingInput) (*body[collect.Mapping], error) {
	in.Body.Name = in.Name
	mapping, err := s.cfg.Imports.SaveMapping(ctx, in.Body, actor(ctx))
	return &body[collect.Mapping]{mapping}, err
}

type renameInput struct {
	Name string `path:"name"`
	Body struct {
		Name     string `json:"name" maxLength:"200" doc:"The new name"`
		Revision int64  `json:"revision" doc:"That of the mapping as it was read; it is not renamed when somebody has changed it since"`
	}
}

func (s *Server) renameMapping(ctx context.Context, in *renameInput) (*body[collect.Mapping], error) {
	touches(ctx, "mappings/"+in.Name, in.Body.Name)
	mapping, err := s.cfg.Imports.RenameMapping(ctx, in.Name, in.Body.Revision, in.Body.Name, actor(ctx))
	return &body[collect.Mapping]{mapping}, err
}

func (s *Server) deleteMapping(ctx context.Context, in *nameInput) (*struct{}, error) {
	return nil, s.cfg.Imports.DeleteMapping(ctx, in.Name, in.Version.Version)
}
